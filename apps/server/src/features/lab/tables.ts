import type { Uuid } from "@gatehouse/base";
import type { lab } from "@gatehouse/contract";
import type { ColumnType, Kysely } from "kysely";

/** Written as JSON text, read as values. */
type Json<T> = ColumnType<T, string, string>;

export interface LabTables {
  lab_runs: {
    id: Uuid;
    tenant_id: Uuid;
    by_name: string;
    started_at: Date;
    ended_at: Date | null;
    state: lab.LabRun["state"];
    entries: Json<lab.LabEntry[]>;
    lines: Json<lab.LabLine[]>;
  };
}

export type LabDatabase = Kysely<LabTables>;
