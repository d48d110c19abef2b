import type { cameras } from "@gatehouse/contract";
import type { ColumnType, Kysely } from "kysely";

/** Cameras whose settings somebody chose; every other one has the default. */
export interface CamerasTable {
  device_id: string;
  tenant_id: string;
  /** Written as JSON text, read parsed. */
  settings: ColumnType<cameras.CameraSettings, string, string>;
  settings_at: Date;
}

export interface CameraTables {
  cameras: CamerasTable;
}

/** The database or a transaction on it. */
export type CameraDatabase = Kysely<CameraTables>;
