import type { UnixMs, Uuid } from "@gatehouse/base";
import type { alerts } from "@gatehouse/contract";
import type { Selectable } from "kysely";
import type { SealedSettings } from "./channel-secrets.ts";
import { storedFailure } from "./failure.ts";
import type { ChannelsTable, NotificationDatabase } from "./tables.ts";

export interface ChannelRecord {
  readonly id: Uuid;
  readonly tenantId: Uuid;
  readonly name: string;
  readonly enabled: boolean;
  readonly sealed: SealedSettings;
  readonly minSeverity: alerts.Severity;
  readonly allowPrivate: boolean;
  readonly dailyCap: number;
  readonly quietHours?: alerts.QuietHours;
  readonly health: alerts.Channel["health"];
  readonly lastError?: alerts.Failure;
  readonly lastOkMs?: UnixMs;
  readonly createdMs: UnixMs;
  readonly updatedMs: UnixMs;
}

export interface ChannelStore {
  list(tenantId: Uuid): Promise<readonly ChannelRecord[]>;
  find(tenantId: Uuid, channelId: Uuid): Promise<ChannelRecord | undefined>;
  insert(channel: ChannelRecord): Promise<void>;
  /** Name, settings and limits; what is known of its health is written only as given. */
  update(channel: ChannelRecord): Promise<boolean>;
  remove(tenantId: Uuid, channelId: Uuid): Promise<boolean>;
  setHealthy(channelId: Uuid, atMs: UnixMs): Promise<void>;
  setFailing(channelId: Uuid, failure: alerts.Failure): Promise<void>;
  /** All of it or nothing. */
  write<T>(work: (channels: ChannelStore, tx: NotificationDatabase) => Promise<T>): Promise<T>;
}

export function createChannelStore(db: NotificationDatabase): ChannelStore {
  return {
    async list(tenantId) {
      const rows = await db
        .selectFrom("channels")
        .selectAll()
        .where("tenant_id", "=", tenantId)
        .orderBy("created_at")
        .orderBy("id")
        .execute();
      return rows.map(toChannel);
    },
    async find(tenantId, channelId) {
      const row = await db
        .selectFrom("channels")
        .selectAll()
        .where("tenant_id", "=", tenantId)
        .where("id", "=", channelId)
        .executeTakeFirst();
      return row === undefined ? undefined : toChannel(row);
    },
    async insert(channel) {
      await db
        .insertInto("channels")
        .values({
          id: channel.id,
          tenant_id: channel.tenantId,
          created_at: new Date(channel.createdMs),
          ...columnsOf(channel),
        })
        .execute();
    },
    async update(channel) {
      const { numUpdatedRows } = await db
        .updateTable("channels")
        .set(columnsOf(channel))
        .where("tenant_id", "=", channel.tenantId)
        .where("id", "=", channel.id)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    async remove(tenantId, channelId) {
      const { numDeletedRows } = await db
        .deleteFrom("channels")
        .where("tenant_id", "=", tenantId)
        .where("id", "=", channelId)
        .executeTakeFirst();
      return numDeletedRows > 0n;
    },
    async setHealthy(channelId, atMs) {
      await db
        .updateTable("channels")
        .set({ health: "ok", last_error: null, last_error_code: null, last_ok_at: new Date(atMs) })
        .where("id", "=", channelId)
        .execute();
    },
    async setFailing(channelId, { code, detail }) {
      await db
        .updateTable("channels")
        .set({ health: "failing", last_error_code: code ?? null, last_error: detail ?? null })
        .where("id", "=", channelId)
        .execute();
    },
    write: (work) => db.transaction().execute((tx) => work(createChannelStore(tx), tx)),
  };
}

function columnsOf(channel: ChannelRecord) {
  return {
    name: channel.name,
    enabled: channel.enabled,
    settings: JSON.stringify(channel.sealed.plain),
    secrets: Buffer.from(channel.sealed.secrets),
    min_severity: channel.minSeverity,
    allow_private: channel.allowPrivate,
    daily_cap: channel.dailyCap,
    quiet_hours: channel.quietHours === undefined ? null : JSON.stringify(channel.quietHours),
    health: channel.health,
    last_error: channel.lastError?.detail ?? null,
    last_error_code: channel.lastError?.code ?? null,
    last_ok_at: channel.lastOkMs === undefined ? null : new Date(channel.lastOkMs),
    updated_at: new Date(channel.updatedMs),
  };
}

export function toChannel(row: Selectable<ChannelsTable>): ChannelRecord {
  const lastError = storedFailure(row.last_error_code, row.last_error);
  return {
    id: row.id,
    tenantId: row.tenant_id,
    name: row.name,
    enabled: row.enabled,
    sealed: { plain: row.settings, secrets: row.secrets },
    minSeverity: row.min_severity,
    allowPrivate: row.allow_private,
    dailyCap: row.daily_cap,
    health: row.health,
    createdMs: row.created_at.getTime(),
    updatedMs: row.updated_at.getTime(),
    ...(row.quiet_hours === null ? {} : { quietHours: row.quiet_hours }),
    ...(lastError === undefined ? {} : { lastError }),
    ...(row.last_ok_at === null ? {} : { lastOkMs: row.last_ok_at.getTime() }),
  };
}
