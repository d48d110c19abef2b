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

/** The newest frame of each camera that ever sent one, a minute late at most. */
export interface CameraLastFramesTable {
  device_id: string;
  tenant_id: string;
  taken_at: Date;
  width: number;
  height: number;
}

/** Where the server fetches a camera's pictures. */
export interface CameraSourcesTable {
  device_id: string;
  tenant_id: string;
  /** Address, name and password as JSON. */
  sealed: Buffer;
  allow_private: boolean;
  changed_at: Date;
}

export interface CameraTables {
  cameras: CamerasTable;
  camera_last_frames: CameraLastFramesTable;
  camera_sources: CameraSourcesTable;
}

/** The database or a transaction on it. */
export type CameraDatabase = Kysely<CameraTables>;
