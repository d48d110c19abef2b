import type { trust } from "@gatehouse/contract";
import type { ColumnType, Generated, Kysely } from "kysely";

/** Written as JSON text, read parsed. */
type Json<T> = ColumnType<T, string, string>;

export interface DeviceTrustTable {
  device_id: string;
  tenant_id: string;
  state: string | null;
  quarantined_at: Date | null;
  quarantined_by: string | null;
  reason: string | null;
  findings: ColumnType<trust.Finding[], string | undefined, string>;
  suggested_at: Date | null;
}

export interface HeldReadingsTable {
  id: Generated<number>;
  tenant_id: string;
  device_id: string;
  type_id: string;
  ts: Date;
  received_at: Date;
  numbers: Json<[string, number][]>;
  states: Json<[string, boolean | string][]>;
  digest: string;
  cause: "quarantine" | "implausible";
  findings: Json<trust.Finding[]>;
  state: Generated<"held" | "discarded">;
  decided_by: string | null;
  decided_at: Date | null;
}

export interface TrustScoresTable {
  device_id: string;
  at: Date;
  score: number;
  codes: string[];
}

export interface TrustVerdictsTable {
  device_id: string;
  day: ColumnType<Date, string, string>;
  ok: number;
  suspect: number;
  implausible: number;
}

export interface TrustSuspicionsTable {
  device_id: string;
  from_at: Date;
  until_at: Date | null;
  codes: string[];
}

export interface TrustTables {
  device_trust: DeviceTrustTable;
  held_readings: HeldReadingsTable;
  trust_scores: TrustScoresTable;
  trust_verdicts: TrustVerdictsTable;
  trust_suspicions: TrustSuspicionsTable;
}

export type TrustDatabase = Kysely<TrustTables>;
