import type { UnixMs } from "@gatehouse/base";
import type { Pool } from "pg";
import { deleteInSlices } from "./long-store.ts";
import { dropPartition, listPartitions, MINUTES, RAW } from "./partition-store.ts";

/** Series of deleted devices that one run takes on. */
const PURGED_AT_ONCE = 500;
const SET_TABLES = [
  "telemetry",
  "telemetry_packed",
  "telemetry_1m",
  "telemetry_1h",
  "telemetry_dirty",
] as const;

/** What deleted devices left behind. */
export interface RemovedSeries {
  readonly setIds: readonly number[];
  readonly stateIds: readonly number[];
}

export class RetentionStore {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Partitions that end before the instants. */
  async dropPartitions(rawBeforeMs: UnixMs, minutesBeforeMs: UnixMs): Promise<number> {
    let dropped = 0;
    for (const { table, beforeMs } of [
      { table: RAW, beforeMs: rawBeforeMs },
      { table: MINUTES, beforeMs: minutesBeforeMs },
    ]) {
      for (const partition of await listPartitions(this.#pool, table)) {
        if (table.next(partition.startMs) > beforeMs) continue;
        await dropPartition(this.#pool, partition);
        dropped++;
      }
    }
    return dropped;
  }

  /** Of states, the change that still held at the instant stays: it is what the state was from then on. */
  async deleteReadings(beforeMs: UnixMs, signal: AbortSignal): Promise<number> {
    const before = [new Date(beforeMs)];
    const superseded = `ts < $1 and exists (
      select from state_changes n
      where n.series_id = state_changes.series_id and n.ts > state_changes.ts and n.ts <= $1)`;
    return (
      (await deleteInSlices(this.#pool, "telemetry_packed", "hour < $1", before, signal)) +
      (await deleteInSlices(this.#pool, "state_changes", superseded, before, signal)) +
      (await deleteInSlices(this.#pool, "telemetry_conflicts", "ts < $1", before, signal))
    );
  }

  deleteRollups(beforeMs: UnixMs, signal: AbortSignal): Promise<number> {
    return deleteInSlices(this.#pool, "telemetry_1h", "ts < $1", [new Date(beforeMs)], signal);
  }

  async removedSeries(): Promise<RemovedSeries> {
    const find = async (table: string): Promise<number[]> => {
      const text = `select id from ${table} where device_id is null order by id limit ${PURGED_AT_ONCE}`;
      return (await this.#pool.query<{ id: number }>(text)).rows.map(({ id }) => id);
    };
    return { setIds: await find("metric_sets"), stateIds: await find("state_series") };
  }

  /** False when the signal came first. */
  async purgeSet(setId: number, signal: AbortSignal): Promise<boolean> {
    for (const table of SET_TABLES) {
      if (table === "telemetry" || table === "telemetry_1m")
        await this.#purgePartitions(table, setId, signal);
      else await deleteInSlices(this.#pool, table, "set_id = $1", [setId], signal);
    }
    if (signal.aborted) return false;
    await this.#pool.query("delete from metric_sets where id = $1 and device_id is null", [setId]);
    return true;
  }

  async purgeState(stateId: number, signal: AbortSignal): Promise<boolean> {
    await deleteInSlices(this.#pool, "state_changes", "series_id = $1", [stateId], signal);
    if (signal.aborted) return false;
    await this.#pool.query("delete from state_series where id = $1 and device_id is null", [stateId]);
    return true;
  }

  /** A row's place (`ctid`) means something only inside its own partition. */
  async #purgePartitions(
    parent: "telemetry" | "telemetry_1m",
    setId: number,
    signal: AbortSignal,
  ): Promise<void> {
    for (const { table } of await listPartitions(this.#pool, parent === "telemetry" ? RAW : MINUTES))
      await deleteInSlices(this.#pool, table, "set_id = $1", [setId], signal);
  }
}
