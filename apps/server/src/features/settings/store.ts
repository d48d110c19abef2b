import type { Uuid } from "@gatehouse/base";
import type { SettingsDatabase } from "./tables.ts";

export interface SettingsRow {
  readonly tenantId: Uuid;
  readonly choices: Record<string, unknown>;
  readonly homeAssistantPassword: Uint8Array | null;
}

export class SettingsStore {
  readonly #db: SettingsDatabase;

  constructor(db: SettingsDatabase) {
    this.#db = db;
  }

  async all(): Promise<SettingsRow[]> {
    const rows = await this.#db
      .selectFrom("settings")
      .select(["tenant_id", "choices", "home_assistant_password"])
      .execute();
    return rows.map((row) => ({
      tenantId: row.tenant_id,
      choices: row.choices,
      homeAssistantPassword: row.home_assistant_password,
    }));
  }

  /** With what `alongside` writes, or not at all. */
  save(row: SettingsRow, nowMs: number, alongside: (tx: SettingsDatabase) => Promise<void>): Promise<void> {
    return this.#db.transaction().execute(async (tx) => {
      await save(tx, row, nowMs);
      await alongside(tx);
    });
  }
}

async function save(db: SettingsDatabase, row: SettingsRow, nowMs: number): Promise<void> {
  const values = {
    choices: JSON.stringify(row.choices),
    home_assistant_password: row.homeAssistantPassword,
    updated_at: new Date(nowMs),
  };
  await db
    .insertInto("settings")
    .values({ tenant_id: row.tenantId, ...values })
    .onConflict((conflict) => conflict.column("tenant_id").doUpdateSet(values))
    .execute();
}
