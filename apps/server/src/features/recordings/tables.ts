import type { cameras } from "@gatehouse/contract";
import type { ColumnType, Generated, Kysely } from "kysely";
import type { Codec, StoredState } from "./model.ts";

export interface RecordingKeysTable {
  tenant_id: string;
  generation: number;
  sealed: Uint8Array;
  made_ms: number;
}

export interface RecordingPoliciesTable {
  tenant_id: string;
  ring_bytes: number;
  pinned_bytes: number;
  changed_ms: number;
}

export interface RecordingSegmentsTable {
  id: string;
  tenant_id: string;
  camera_id: string;
  state: StoredState;
  codec: Codec;
  start_ms: number;
  first_ms: number;
  last_ms: number;
  frames: number;
  bytes: number;
  chunks: ColumnType<Uint8Array, Buffer, Buffer>;
  pinned: boolean;
  transient: boolean;
  moved: boolean;
  manifest: string | null;
  manifest_sha256: string | null;
}

export interface RecordingPinsTable {
  event_id: string;
  tenant_id: string;
  camera_id: string;
  from_ms: number;
  to_ms: number | null;
  held: Generated<boolean>;
}

export interface RecordingChainsTable {
  camera_id: string;
  tenant_id: string;
  manifest_sha256: string;
}

export interface RecordingExportsTable {
  id: string;
  tenant_id: string;
  camera_id: string;
  from_ms: number;
  to_ms: number;
  form: cameras.ExportForm;
  speed: number;
  state: cameras.ExportState;
  asked_ms: number;
  ended_ms: number | null;
  bytes: number;
  frames: number;
  damaged: number;
  error: string | null;
}

export interface RecordingTables {
  recording_keys: RecordingKeysTable;
  recording_policies: RecordingPoliciesTable;
  recording_segments: RecordingSegmentsTable;
  recording_pins: RecordingPinsTable;
  recording_chains: RecordingChainsTable;
  recording_exports: RecordingExportsTable;
}

/** The database or a transaction on it. */
export type RecordingDatabase = Kysely<RecordingTables>;
