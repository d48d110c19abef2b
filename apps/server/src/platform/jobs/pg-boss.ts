import type { Logger } from "@gatehouse/base";
import type { Pool } from "pg";
import { PgBoss } from "pg-boss";
import type { JobDefinition, Jobs } from "./jobs.ts";

export interface JobRunner extends Jobs {
  /** Creates the queues, schedules what has a cron and begins to work. */
  start(definitions: readonly JobDefinition[]): Promise<void>;
  /** Running jobs get their signal aborted and a moment to finish; unfinished ones run again at the next start. */
  stop(): Promise<void>;
}

/** pg-boss on the product's own pool, in its own schema. */
export function createJobRunner(pool: Pool, log: Logger): JobRunner {
  const boss = new PgBoss({
    db: { executeSql: (text, values) => pool.query(text, values as unknown[]) },
    schema: "pgboss",
    supervise: true,
    schedule: true,
    migrate: true,
  });
  const aborts = new Set<AbortController>();
  boss.on("error", (error) => log.error({ err: error }, "jobs.error"));

  const work = async (definition: JobDefinition): Promise<void> => {
    await boss.createQueue(definition.name, {
      retryLimit: definition.retryLimit ?? 2,
      retryDelay: definition.retryDelaySeconds ?? 30,
      retryBackoff: definition.retryBackoff ?? true,
      expireInSeconds: definition.expireInSeconds ?? 900,
      policy: definition.cron === undefined ? "standard" : "singleton",
    });
    await boss.work(definition.name, { pollingIntervalSeconds: 5 }, async ([job]) => {
      if (job === undefined) return;
      const abort = new AbortController();
      aborts.add(abort);
      try {
        await definition.run((job.data ?? {}) as object, abort.signal);
      } catch (error) {
        log.error({ job: definition.name, err: error }, "jobs.failed");
        throw error;
      } finally {
        aborts.delete(abort);
      }
    });
    if (definition.cron !== undefined) await boss.schedule(definition.name, definition.cron, {});
  };

  return {
    async start(definitions) {
      await boss.start();
      for (const definition of definitions) await work(definition);
    },
    async stop() {
      for (const abort of aborts) abort.abort();
      await boss.stop({ graceful: true, timeout: 1_500, close: false });
    },
    async send(name, data, options = {}) {
      await boss.send(name, data, {
        ...(options.delaySeconds === undefined ? {} : { startAfter: options.delaySeconds }),
        ...(options.singletonKey === undefined ? {} : { singletonKey: options.singletonKey }),
      });
    },
  };
}
