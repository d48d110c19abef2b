import type { Clock, Logger } from "@gatehouse/base";
import { DAY_MS } from "../model.ts";
import type { TelemetrySettings } from "../ports.ts";
import type { RemovedSeries, RetentionStore } from "./retention-store.ts";

export interface RetentionDeps {
  readonly store: RetentionStore;
  readonly settings: TelemetrySettings;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Lets go of what is older than people want to keep: readings and states, later their rollups. */
export async function retain(
  { store, settings, clock, log }: RetentionDeps,
  signal: AbortSignal,
): Promise<void> {
  const { rawDays, rollupDays } = settings.retention();
  const nowMs = clock.nowMs();
  const partitions = await store.dropPartitions(nowMs - rawDays * DAY_MS, nowMs - rollupDays * DAY_MS);
  const rows = await store.deleteReadings(nowMs - rawDays * DAY_MS, signal);
  const buckets = await store.deleteRollups(nowMs - rollupDays * DAY_MS, signal);
  if (partitions + rows + buckets > 0) log.info({ partitions, rows, buckets }, "telemetry.retained");
}

/** Removes what deleted devices left behind. */
export async function purge(
  store: RetentionStore,
  forget: (removed: RemovedSeries) => Promise<void>,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  const removed = await store.removedSeries();
  const { setIds, stateIds } = removed;
  if (setIds.length + stateIds.length === 0) return;
  // Nothing more is written for these.
  await forget(removed);
  let done = 0;
  for (const setId of setIds) {
    if (!(await store.purgeSet(setId, signal))) return;
    done++;
  }
  for (const stateId of stateIds) {
    if (!(await store.purgeState(stateId, signal))) return;
    done++;
  }
  log.info({ done, total: setIds.length + stateIds.length }, "telemetry.purged");
}
