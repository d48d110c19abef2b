import type { Generated, Kysely } from "kysely";

export interface LedgerLogsTable {
  id: Generated<number>;
  origin: string;
  size: number;
  frontier: Uint8Array;
  created_at: Date;
}

interface EventColumns {
  event_id: string;
  tenant_id: string | null;
  kind: string;
  outcome: string;
  actor_kind: string;
  actor_id: string;
  subject_kind: string | null;
  subject_id: string | null;
  at: Date;
  event: Uint8Array;
  leaf_hash: Uint8Array;
}

export interface LedgerPendingTable extends EventColumns {
  id: Generated<number>;
}

type Sealable = "kind" | "outcome" | "actor_kind" | "actor_id" | "event";

export type LedgerEntriesTable = Omit<EventColumns, Sealable> & {
  [Column in Sealable]: EventColumns[Column] | null;
} & {
  log_id: number;
  index: number;
};

export interface LedgerPersonalTable {
  event_id: string;
  name: string;
  tenant_id: string | null;
  person_id: string | null;
  salt: Uint8Array;
  value: Uint8Array;
  words: string[];
}

export interface LedgerTilesTable {
  log_id: number;
  level: number;
  index: number;
  width: number;
  bytes: Uint8Array;
}

export interface LedgerCheckpointsTable {
  log_id: number;
  size: number;
  root: Uint8Array;
  at: Date;
  note: string;
}

export interface LedgerWitnessesTable {
  id: string;
  kind: string;
  name: string;
  verifier_key: string;
  added_at: Date;
  removed_at: Date | null;
  url: string | null;
  refusal: string | null;
  refused_at: Date | null;
  device_id: string | null;
  tenant_id: string | null;
  alarm: string | null;
  alarmed_at: Date | null;
}

export interface LedgerWitnessedTable {
  id: string;
  origin: string;
  state: string;
  added_at: Date;
  cosigned_at: Date | null;
  note: Generated<string | null>;
  refusal: Generated<string | null>;
}

export interface LedgerContradictionsTable {
  id: string;
  witness_id: string | null;
  witnessed_id: string | null;
  reason: string;
  at: Date;
  kept_log: string;
  kept: string;
  kept_size: number;
  kept_root: string;
  offered: string;
  digest: Uint8Array;
}

export interface LedgerCosignaturesTable {
  log_id: number;
  size: number;
  witness_id: string;
  at: Date;
  line: string;
}

export interface LedgerSeamsTable {
  log_id: number;
  previous_id: number;
  restore_id: string;
  size: number;
  root: Uint8Array;
  entry: Uint8Array;
  note: string | null;
  backup_at: Date | null;
  at: Date;
  acknowledged_at: Date | null;
  acknowledged_by: string | null;
  reason: string | null;
}

export interface LedgerTables {
  ledger_logs: LedgerLogsTable;
  ledger_pending: LedgerPendingTable;
  ledger_entries: LedgerEntriesTable;
  ledger_personal: LedgerPersonalTable;
  ledger_tiles: LedgerTilesTable;
  ledger_checkpoints: LedgerCheckpointsTable;
  ledger_witnesses: LedgerWitnessesTable;
  ledger_cosignatures: LedgerCosignaturesTable;
  ledger_witnessed: LedgerWitnessedTable;
  ledger_contradictions: LedgerContradictionsTable;
  ledger_seams: LedgerSeamsTable;
}

/** The database or a transaction on it. */
export type LedgerDatabase = Kysely<LedgerTables>;
