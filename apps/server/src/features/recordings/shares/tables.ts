import type { Kysely } from "kysely";
import type { RecordingTables } from "../tables.ts";
import type { FilmState } from "./model.ts";

export interface RecordingSharesTable {
  id: string;
  tenant_id: string;
  number: number;
  camera_id: string;
  from_ms: number;
  to_ms: number;
  token_sha256: string;
  password_hash: string | null;
  made_by: string;
  made_ms: number;
  expires_ms: number;
  revoked_ms: number | null;
  erased_ms: number | null;
  openings: number;
  max_openings: number | null;
  last_opened_ms: number | null;
  note: string;
  shows_camera: boolean;
  allows_download: boolean;
  film_state: FilmState;
  film_bytes: number | null;
  film_failure: string | null;
  lend_of: string | null;
}

export interface ShareTables {
  recording_shares: RecordingSharesTable;
  recording_share_numbers: { tenant_id: string; last: number };
  recording_share_views: { view_sha256: string; share_id: string; until_ms: number };
}

/** The database or a transaction on it. */
export type ShareDatabase = Kysely<ShareTables & Pick<RecordingTables, "recording_segments">>;
