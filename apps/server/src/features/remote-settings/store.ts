import type { UnixMs, Uuid } from "@gatehouse/base";
import { remoteSettings } from "@gatehouse/contract";
import type { Selectable } from "kysely";
import type {
  DeviceSettingsReportsTable,
  DeviceSettingsVersionsTable,
  RemoteSettingsDatabase,
} from "./tables.ts";

type Version = remoteSettings.SettingsVersion;

/** What a device said last. */
export interface StoredReport extends Pick<remoteSettings.SettingsReport, "version" | "takes" | "refused"> {
  readonly atMs: UnixMs;
  readonly settings: Record<string, unknown> | undefined;
  readonly commands: readonly string[];
  readonly leds: readonly string[];
}

/** Versions and reports of one device. */
export class SettingsStore {
  readonly #db: RemoteSettingsDatabase;
  readonly #tenantId: Uuid;
  readonly #deviceId: Uuid;

  constructor(db: RemoteSettingsDatabase, tenantId: Uuid, deviceId: Uuid) {
    this.#db = db;
    this.#tenantId = tenantId;
    this.#deviceId = deviceId;
  }

  /** In a transaction in which nobody else changes anything of this device. */
  locked<T>(act: (store: SettingsStore, tx: RemoteSettingsDatabase) => Promise<T>): Promise<T> {
    return this.#db.transaction().execute(async (tx) => {
      await tx
        .insertInto("device_settings_reports")
        .values({ device_id: this.#deviceId, tenant_id: this.#tenantId })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      await tx
        .selectFrom("device_settings_reports")
        .select("device_id")
        .where("device_id", "=", this.#deviceId)
        .forUpdate()
        .executeTakeFirst();
      return act(new SettingsStore(tx, this.#tenantId, this.#deviceId), tx);
    });
  }

  async newest(): Promise<Version | undefined> {
    return (await this.list(1))[0];
  }

  /** Newest first. */
  async list(limit = remoteSettings.SETTINGS_VERSIONS_KEPT): Promise<Version[]> {
    const rows = await this.#versions().selectAll().orderBy("version", "desc").limit(limit).execute();
    return rows.map(versionOf);
  }

  async find(version: number): Promise<Version | undefined> {
    const row = await this.#versions().selectAll().where("version", "=", version).executeTakeFirst();
    return row && versionOf(row);
  }

  async report(): Promise<StoredReport | undefined> {
    const row = await this.#db
      .selectFrom("device_settings_reports")
      .selectAll()
      .where("tenant_id", "=", this.#tenantId)
      .where("device_id", "=", this.#deviceId)
      .executeTakeFirst();
    return row && reportOf(row);
  }

  /** And forgets the oldest beyond those that are kept. */
  async add({ version, settings, atMs, byName, restores }: Version): Promise<void> {
    await this.#db
      .insertInto("device_settings_versions")
      .values({
        device_id: this.#deviceId,
        tenant_id: this.#tenantId,
        version,
        settings: JSON.stringify(settings),
        by_name: byName,
        created_at: new Date(atMs),
        restores: restores ?? null,
      })
      .execute();
    const kept = this.#versions()
      .select("version")
      .orderBy("version", "desc")
      .limit(remoteSettings.SETTINGS_VERSIONS_KEPT);
    await this.#db
      .deleteFrom("device_settings_versions")
      .where("tenant_id", "=", this.#tenantId)
      .where("device_id", "=", this.#deviceId)
      .where("version", "not in", kept)
      .execute();
  }

  async saveReport({ atMs, version, takes, settings, refused, commands, leds }: StoredReport): Promise<void> {
    await this.#db
      .updateTable("device_settings_reports")
      .set({
        reported_at: new Date(atMs),
        version,
        takes,
        settings: settings === undefined ? null : JSON.stringify(settings),
        refused_version: refused?.version ?? null,
        refused_reason: refused?.reason ?? null,
        commands: [...commands],
        leds: [...leds],
      })
      .where("tenant_id", "=", this.#tenantId)
      .where("device_id", "=", this.#deviceId)
      .execute();
  }

  #versions() {
    return this.#db
      .selectFrom("device_settings_versions")
      .where("tenant_id", "=", this.#tenantId)
      .where("device_id", "=", this.#deviceId);
  }
}

const versionOf = (row: Selectable<DeviceSettingsVersionsTable>): Version => ({
  version: row.version,
  settings: row.settings,
  atMs: row.created_at.getTime(),
  byName: row.by_name,
  ...(row.restores === null ? {} : { restores: row.restores }),
});

/** Undefined for a row that only holds the lock. */
function reportOf(row: Selectable<DeviceSettingsReportsTable>): StoredReport | undefined {
  const { refused_version: refused, refused_reason: reason } = row;
  if (row.reported_at === null) return undefined;
  return {
    atMs: row.reported_at.getTime(),
    version: row.version,
    takes: row.takes,
    settings: row.settings ?? undefined,
    ...(refused === null ? {} : { refused: { version: refused, reason: reason ?? "" } }),
    commands: row.commands,
    leds: row.leds,
  };
}
