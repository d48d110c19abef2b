import type { ColumnType, Kysely } from "kysely";
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
}

export interface CameraMotionTable {
  camera_id: string;
  tenant_id: string;
  hour: ColumnType<Date, Date, never>;
  strengths: Buffer;
  peak: number;
}

export interface CameraEventTables {
  camera_events: CameraEventsTable;
  camera_motion: CameraMotionTable;
}

export type CameraEventDatabase = Kysely<CameraEventTables>;
