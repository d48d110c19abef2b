import { type Clock, type Random, randomBase62 } from "@gatehouse/base";
import type { AuditEvent, AuditTrail } from "../../platform/audit/index.ts";
import type { LogStore } from "./log-store.ts";
import type { Log } from "./model.ts";
import type { LedgerDatabase } from "./tables.ts";

const ORIGIN_CHARACTERS = 16;

export interface OpeningDeps {
  readonly store: LogStore;
  readonly audit: AuditTrail;
  readonly clock: Clock;
  readonly random: Random;
  /** First part of the log's name: where this installation is found, or "gatehouse". */
  readonly installationName: string;
}

export type LogBeginning = Pick<AuditEvent, "kind" | "data" | "actor">;

/** The log that grows. On an empty database one is begun, and its first entry says so. */
export const openLog = (deps: OpeningDeps): Promise<Log> =>
  deps.store.transaction(
    async (store, tx) => (await store.current()) ?? beginIn(store, tx, deps, { kind: "ledger.begun" }),
  );

/**
 * Begins a log after the one that grew until now, before the sequencer runs. Its first entry is the given event;
 * what waited for its place in the old log comes behind it.
 */
export const beginLog = (deps: OpeningDeps, first: LogBeginning): Promise<Log> =>
  deps.store.transaction((store, tx) => beginIn(store, tx, deps, first));

async function beginIn(
  store: LogStore,
  tx: LedgerDatabase,
  { audit, clock, random, installationName }: OpeningDeps,
  first: LogBeginning,
): Promise<Log> {
  const origin = `${installationName}/ledger/${randomBase62(random, ORIGIN_CHARACTERS)}`;
  const log = await store.create(origin, clock.nowMs());
  await audit.record(tx, { ...first, tenantId: undefined, data: { ...first.data, origin } });
  await store.putNewestFirst();
  return log;
}
