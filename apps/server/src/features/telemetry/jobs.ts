import type { Clock, Logger } from "@gatehouse/base";
import type { Pool } from "pg";
import type { JobDefinition } from "../../platform/jobs/jobs.ts";
import type { Catalogue } from "./catalogue.ts";
import type { Ingest } from "./ingest/ingest.ts";
import type { TelemetrySettings } from "./ports.ts";
import type { Pack } from "./upkeep/pack.ts";
import { createPartition, MINUTES, RAW } from "./upkeep/partition-store.ts";
import { purge, retain } from "./upkeep/retention.ts";
import type { RemovedSeries, RetentionStore } from "./upkeep/retention-store.ts";
import type { Rollup } from "./upkeep/rollup.ts";

export interface JobDeps {
  readonly pool: Pool;
  readonly catalogue: Catalogue;
  readonly ingest: Ingest;
  readonly rollup: Rollup;
  readonly pack: Pack;
  readonly retention: RetentionStore;
  readonly settings: TelemetrySettings;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Partitions are there before the first reading of their day needs them. */
export async function preparePartitions(pool: Pool, clock: Clock): Promise<void> {
  let dayMs = RAW.startOf(clock.nowMs());
  for (let day = 0; day < 3; day++, dayMs = RAW.next(dayMs)) await createPartition(pool, RAW, dayMs);
  const monthMs = MINUTES.startOf(clock.nowMs());
  for (const startMs of [monthMs, MINUTES.next(monthMs)]) await createPartition(pool, MINUTES, startMs);
}

/** Each goes on where its last run stopped; none needs to have run. */
export function telemetryJobs(deps: JobDeps): JobDefinition[] {
  const { pool, catalogue, ingest, rollup, pack, retention, settings, clock, log } = deps;
  // Whoever deleted the device may not have told us: what its series point to decides.
  const forget = async (removed: RemovedSeries): Promise<void> => {
    catalogue.forgetSeries(removed);
    await ingest.exclusively(async () => {});
  };
  return [
    { name: "telemetry.partitions", cron: "5 * * * *", run: () => preparePartitions(pool, clock) },
    {
      name: "telemetry.rollup",
      cron: "* * * * *",
      async run(_data, signal) {
        await catalogue.saveLast();
        await rollup.run(signal);
      },
    },
    { name: "telemetry.pack", cron: "17 * * * *", run: (_data, signal) => pack.run(signal) },
    {
      name: "telemetry.retention",
      cron: "43 2 * * *",
      run: (_data, signal) => retain({ store: retention, settings, clock, log }, signal),
    },
    {
      name: "telemetry.purge",
      cron: "*/5 * * * *",
      run: (_data, signal) => purge(retention, forget, log, signal),
    },
  ];
}
