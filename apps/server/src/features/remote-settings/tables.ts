import type { ColumnType, Generated, Kysely } from "kysely";

/** Written as JSON text, read parsed. */
type Json<T> = ColumnType<T, string, string>;

export interface DeviceSettingsVersionsTable {
  device_id: string;
  tenant_id: string;
  version: number;
  settings: Json<Record<string, unknown>>;
  by_name: string;
  created_at: Date;
  restores: number | null;
}

export interface DeviceSettingsReportsTable {
  device_id: string;
  tenant_id: string;
  reported_at: Date | null;
  version: Generated<number>;
  takes: Generated<boolean>;
  settings: ColumnType<Record<string, unknown> | null, string | null | undefined, string | null>;
  refused_version: number | null;
  refused_reason: string | null;
  commands: Generated<string[]>;
  leds: Generated<string[]>;
}

export interface RemoteSettingsTables {
  device_settings_versions: DeviceSettingsVersionsTable;
  device_settings_reports: DeviceSettingsReportsTable;
}

/** The database or a transaction on it. */
export type RemoteSettingsDatabase = Kysely<RemoteSettingsTables>;
