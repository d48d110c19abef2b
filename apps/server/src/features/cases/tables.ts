import type { cameras, cases, Language } from "@gatehouse/contract";
import type { ColumnType, GeneratedAlways, Kysely } from "kysely";
import type { CaseClipSpan } from "./model.ts";

export interface CasesTable {
  id: string;
  tenant_id: string;
  number: number;
  title: string;
  state: cases.CaseState;
  summary: string;
  tags: string[];
  created_by: string;
  created_ms: number;
  changed_ms: number;
}

export interface CaseItemsTable {
  id: string;
  tenant_id: string;
  case_id: string;
  place: GeneratedAlways<number>;
  kind: cases.CaseItemKind;
  added_by: string;
  added_ms: number;
  removed_by: string | null;
  removed_ms: number | null;
  event_id: string | null;
  camera_id: string | null;
  from_ms: number | null;
  to_ms: number | null;
  best_ms: number | null;
  erased_ms: number | null;
  device_id: string | null;
  person_id: string | null;
  text: string | null;
}

export interface CaseNoteVersionsTable {
  id: string;
  item_id: string;
  text: string;
  by_person: string;
  at_ms: number;
}

export interface CaseExportsTable {
  id: string;
  tenant_id: string;
  case_id: string;
  form: cases.CaseExportForm;
  language: Language;
  secret: Uint8Array | null;
  recipient: string | null;
  clips: ColumnType<CaseClipSpan[], string, never>;
  device_ids: string[];
  asked_by: string;
  asked_ms: number;
  state: cameras.ExportState;
  ended_ms: number | null;
  bytes: number;
  frames: number;
  damaged: number;
  error: string | null;
}

export interface CaseLendsTable {
  id: string;
  tenant_id: string;
  case_id: string;
  made_ms: number;
  share_ids: string[];
}

export interface CaseTables {
  cases: CasesTable;
  case_numbers: { tenant_id: string; last: number };
  case_items: CaseItemsTable;
  case_note_versions: CaseNoteVersionsTable;
  case_exports: CaseExportsTable;
  case_lends: CaseLendsTable;
}

/** The database or a transaction on it. */
export type CaseDatabase = Kysely<CaseTables>;
