import type { telemetry } from "@gatehouse/contract";
import type { ColumnType, Generated, Kysely } from "kysely";

/** The metrics a device sends together in one message; sorted by name. */
export interface MetricSetsTable {
  id: Generated<number>;
  tenant_id: string;
  /** Null when the device was deleted: everything of this set may go. */
  device_id: string | null;
  metrics: string[];
  /** MD5 of the names joined by commas: an index entry cannot hold 64 names. */
  digest: string;
  last_ts: Date | null;
  last_values: number[] | null;
}

/** One row a message: `v` has the order of the set's metrics. */
export interface TelemetryTable {
  set_id: number;
  ts: Date;
  v: number[];
}

/** One row a set and hour of a closed day, oldest first. */
export interface TelemetryPackedTable {
  set_id: number;
  hour: Date;
  n: number;
  /** Milliseconds since `hour`. */
  dt: number[];
  /** n × metrics. */
  v: number[][];
}

/** One row a set and bucket; the arrays have the order of the set's metrics. */
export interface RollupTable {
  set_id: number;
  ts: Date;
  n: number;
  min: number[];
  max: number[];
  sum: number[];
}

/** Hours whose rollups must be computed again because a reading came in late. */
export interface TelemetryDirtyTable {
  id: Generated<number>;
  set_id: number;
  hour: Date;
}

export interface TelemetryProgressTable {
  name: string;
  value: number;
}

/** A second value for a metric and an instant: the first is kept, this one is shown. JSON text, cut. */
export interface TelemetryConflictsTable {
  device_id: string;
  metric: string;
  ts: Date;
  refused: string;
  kept: string;
  tenant_id: string;
  received_at: Date;
}

export interface StateSeriesTable {
  id: Generated<number>;
  tenant_id: string;
  device_id: string | null;
  metric: string;
  last_ts: Date | null;
  last_value: string | null;
}

/** A boolean or string from the instant on; JSON text, which holds every string exactly (NUL, lone surrogates). */
export interface StateChangesTable {
  series_id: number;
  ts: Date;
  value: string;
}

export interface BoardsTable {
  id: string;
  tenant_id: string;
  name: string;
  /** JSON text in, parsed out. */
  charts: ColumnType<telemetry.Board["charts"], string, string>;
  range_ms: number;
  updated_at: Date;
}

export interface TelemetryTables {
  metric_sets: MetricSetsTable;
  telemetry: TelemetryTable;
  telemetry_packed: TelemetryPackedTable;
  telemetry_1m: RollupTable;
  telemetry_1h: RollupTable;
  telemetry_dirty: TelemetryDirtyTable;
  telemetry_progress: TelemetryProgressTable;
  telemetry_conflicts: TelemetryConflictsTable;
  state_series: StateSeriesTable;
  state_changes: StateChangesTable;
  boards: BoardsTable;
}

export type TelemetryDatabase = Kysely<TelemetryTables>;
