import type { cameras } from "@gatehouse/contract";
import type { ColumnType, Generated, Kysely } from "kysely";
import type { CopyState } from "./model.ts";
import type { Stored } from "./remotes/remote.ts";

export interface OffsiteTargetsTable {
  id: string;
  tenant_id: string;
  name: string;
  enabled: boolean;
  settings: ColumnType<cameras.OffsiteSettings, string, string>;
  secrets: Uint8Array;
  allow_private: boolean;
  rate_bytes: number;
  keep_days: number;
  whole_cameras: string[];
  since_ms: number;
  health: cameras.OffsiteTarget["health"];
  failure: cameras.OffsiteFailureCode | null;
  failure_detail: string | null;
  failing_since_ms: number | null;
  failures: number;
  next_ms: number;
  checked_ms: number;
  created_ms: number;
  updated_ms: number;
}

export interface OffsiteCopiesTable {
  target_id: string;
  segment_id: string;
  tenant_id: string;
  camera_id: string;
  first_ms: number;
  last_ms: number;
  bytes: number;
  pinned: boolean;
  state: CopyState;
  queued_ms: number;
  attempts: Generated<number>;
  next_ms: Generated<number>;
  bytes_done: Generated<number>;
  upload: string | null;
  stored: ColumnType<Stored | null, string | null, string | null>;
  key_generation: number | null;
  erased: Generated<boolean>;
  failure: cameras.OffsiteFailureCode | null;
  failure_detail: string | null;
  done_ms: number | null;
  checked_ms: number | null;
  changed_ms: number;
}

export interface OffsiteInboxesTable {
  id: string;
  tenant_id: string;
  name: string;
  cap_bytes: number;
  keep_days: number;
  sender_key: string;
  created_ms: number;
}

export interface OffsiteReceivedTable {
  inbox_id: string;
  segment_id: string;
  sender_tenant_id: string;
  camera_id: string;
  bytes: number;
  key_bytes: number;
  sha256: string;
  key_sha256: string;
  stored_bytes: number;
  whole: boolean;
  begun_ms: number;
  changed_ms: number;
}

export interface OffsiteReceivedKeysTable {
  inbox_id: string;
  sender_tenant_id: string;
  generation: number;
  sealed: Uint8Array;
}

export interface OffsiteTables {
  offsite_inboxes: OffsiteInboxesTable;
  offsite_received: OffsiteReceivedTable;
  offsite_received_keys: OffsiteReceivedKeysTable;
  offsite_targets: OffsiteTargetsTable;
  offsite_copies: OffsiteCopiesTable;
}

/** The database or a transaction on it. */
export type OffsiteDatabase = Kysely<OffsiteTables>;
