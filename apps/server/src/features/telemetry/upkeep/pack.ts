import type { Clock, Logger, UnixMs } from "@gatehouse/base";
import type { Pool } from "pg";
import type { BatchWriter, Horizon } from "../ingest/batch-writer.ts";
import type { Ingest } from "../ingest/ingest.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, startOf } from "../model.ts";
import type { PackStore } from "./pack-store.ts";
import { dropPartition, listPartitions, type Partition, RAW } from "./partition-store.ts";
import type { Rollup } from "./rollup.ts";

export interface PackDeps {
  readonly pool: Pool;
  readonly store: PackStore;
  readonly ingest: Pick<Ingest, "exclusively">;
  readonly writer: Pick<BatchWriter, "takeTouched" | "forgetDays">;
  readonly horizon: Horizon;
  readonly rollup: Pick<Rollup, "hoursDoneMs">;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A day is packed when it has been over for this long: most of what comes in late is there by then. */
const CLOSED_AFTER_MS = 6 * HOUR_MS;
const SETS_AT_ONCE = 128;
const RUN_FOR_MS = 10 * MINUTE_MS;

/** Sets that may be packed while the writer waits. */
const MAX_EXCLUSIVE_SETS = 4;

/** Closed days: each hour of a set becomes one row, is read back and compared, and the day's partition goes. */
export class Pack {
  readonly #deps: PackDeps;
  /**
   * Days begun, and the last set done. After a restart a day begins again: packing twice changes nothing.
   */
  readonly #begun = new Map<UnixMs, number>();

  constructor(deps: PackDeps) {
    this.#deps = deps;
  }

  /** No hour from here on is packed. */
  static edgeMs(nowMs: UnixMs): UnixMs {
    return startOf(nowMs - CLOSED_AFTER_MS, DAY_MS);
  }

  async run(signal: AbortSignal): Promise<void> {
    const { pool, clock, horizon, rollup } = this.#deps;
    const endMs = clock.monotonicMs() + RUN_FOR_MS;
    const mayGoOn = (): boolean => !signal.aborted && clock.monotonicMs() < endMs;
    horizon.packedBeforeMs = Math.max(horizon.packedBeforeMs, Pack.edgeMs(clock.nowMs()));
    // Rollups are made of raw rows.
    const edgeMs = Math.min(horizon.packedBeforeMs, startOf(rollup.hoursDoneMs, DAY_MS));
    for (const partition of await listPartitions(pool, RAW)) {
      if (partition.startMs >= edgeMs) return;
      if (!(await this.#packDay(partition, mayGoOn))) return;
      await this.#dropDay(partition);
    }
  }

  /** False when the time of this run is over. */
  async #packDay(partition: Partition, mayGoOn: () => boolean): Promise<boolean> {
    const { store, writer, log } = this.#deps;
    let doneTo = this.#begun.get(partition.startMs);
    if (doneTo === undefined) writer.takeTouched(partition.startMs);
    for (;;) {
      const setIds = await store.setIds(doneTo ?? 0, SETS_AT_ONCE);
      const last = setIds.at(-1);
      if (last === undefined) return true;
      if (!mayGoOn()) {
        log.info({ day: partition.table, setsDoneTo: doneTo ?? 0 }, "telemetry.packing_goes_on_later");
        return false;
      }
      await store.packSets(partition, setIds);
      doneTo = last;
      this.#begun.set(partition.startMs, doneTo);
    }
  }

  /** What came in meanwhile is packed too; the last of it, and the end of the partition, between two batches. */
  async #dropDay(partition: Partition): Promise<void> {
    const { pool, store, ingest, writer, log } = this.#deps;
    const { startMs, table } = partition;
    this.#begun.delete(startMs);
    const late = writer.takeTouched(startMs);
    for (let i = 0; i < late.length; i += SETS_AT_ONCE)
      await store.packSets(partition, late.slice(i, i + SETS_AT_ONCE));
    await ingest.exclusively(async () => {
      const last = writer.takeTouched(startMs);
      if (last.length > MAX_EXCLUSIVE_SETS) return log.info({ day: table }, "telemetry.day_still_written");
      if (last.length > 0) await store.packSets(partition, last);
      await dropPartition(pool, partition);
      writer.forgetDays();
      log.info({ day: table }, "telemetry.day_packed");
    });
  }
}
