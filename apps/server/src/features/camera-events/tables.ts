import type { cameras } from "@gatehouse/contract";
import type { ColumnType, Generated, JSONColumnType, Kysely } from "kysely";
import type { EventKind } from "./model.ts";

export interface CameraEventsTable {
  id: string;
  tenant_id: string;
  camera_id: string;
  kind: EventKind;
  start_at: Date;
  seen_at: Date;
  end_at: Date | null;
  strength: number;
  zones: string[];
  best_at: Date;
  detection: JSONColumnType<
    Omit<cameras.EventDetection, "labels" | "mostAtOnce" | "alarmMs" | "armed">
  > | null;
  labels: Generated<string[]>;
  most_at_once: number | null;
  alarm_at: Date | null;
  armed: Generated<boolean>;
  kept_at_camera: Generated<boolean>;
  handed_over: JSONColumnType<{ clip: string; source: string }> | null;
  verdict: cameras.Verdict | null;
}

export interface CameraEventVerdictsTable {
  id: string;
  event_id: string;
  tenant_id: string;
  verdict: cameras.Verdict;
  note: string;
  person_id: string | null;
  person_name: string;
  at: Date;
}

export interface SiteArmingTable {
  site_id: string;
  tenant_id: string;
  armed: boolean;
  until_at: Date | null;
  since_at: Date;
  by_name: string;
}

export interface CameraMotionTable {
  camera_id: string;
  tenant_id: string;
  hour: ColumnType<Date, Date, never>;
  strengths: Buffer;
  peak: number;
}

export interface CameraEventSummariesTable {
  tenant_id: string;
  enabled: boolean;
  hour: number;
  channel_ids: string[];
  last_day: ColumnType<string | null, string | null, string | null>;
}

export interface CameraEventTables {
  camera_events: CameraEventsTable;
  camera_motion: CameraMotionTable;
  camera_event_verdicts: CameraEventVerdictsTable;
  camera_event_summaries: CameraEventSummariesTable;
  site_arming: SiteArmingTable;
}

export type CameraEventDatabase = Kysely<CameraEventTables>;
