import type { Uuid } from "@gatehouse/base";
import type { ColumnType, Kysely } from "kysely";

export interface SettingsTables {
  settings: {
    tenant_id: Uuid;
    /** What differs from the defaults, by name. */
    choices: ColumnType<Record<string, unknown>, string, string>;
    home_assistant_password: Uint8Array | null;
    updated_at: Date;
  };
}

/** The database or a transaction on it. */
export type SettingsDatabase = Kysely<SettingsTables>;
