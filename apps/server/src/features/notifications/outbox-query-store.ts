import type { UnixMs, Uuid } from "@gatehouse/base";
import { sql } from "kysely";
import type { DeliveryState } from "./delivery-states.ts";
import { type DeliveryRecord, toDelivery } from "./outbox-store.ts";
import type { NotificationDatabase } from "./tables.ts";

export interface DeliveryFilter {
  readonly state?: DeliveryState;
  /** Part of the recipient, channel, subject or text, whatever its case. */
  readonly q?: string;
  /** Only messages older than this one. */
  readonly beforeId?: Uuid;
  readonly limit: number;
}

/** What people read of the outbox, and what ends with time. */
export interface OutboxQueryStore {
  list(tenantId: Uuid, filter: DeliveryFilter): Promise<readonly DeliveryRecord[]>;
  countsByState(tenantId: Uuid): Promise<Readonly<Record<string, number>>>;
  /** Messages of the day by channel id. */
  sentToday(tenantId: Uuid, day: string): Promise<ReadonlyMap<Uuid, number>>;
  /** Tenants that have messages or counts. */
  tenantIds(): Promise<readonly Uuid[]>;
  /** Removes messages that wait for nothing any more; answers how many. */
  removeBefore(tenantId: Uuid, beforeMs: UnixMs): Promise<number>;
}

const CHANNEL_SCOPE = "channel:";
export const channelScope = (channelId: Uuid): string => CHANNEL_SCOPE + channelId;

export function createOutboxQueryStore(db: NotificationDatabase): OutboxQueryStore {
  return {
    async list(tenantId, { state, q, beforeId, limit }) {
      let query = db.selectFrom("deliveries").selectAll().where("tenant_id", "=", tenantId);
      if (state !== undefined) query = query.where("state", "=", state);
      if (beforeId !== undefined) query = query.where("id", "<", beforeId);
      if (q !== undefined && q !== "") {
        const pattern = `%${q.replace(/[\\%_]/g, "\\$&")}%`;
        query = query.where((where) =>
          where.or([
            where("recipient", "ilike", pattern),
            where("channel_name", "ilike", pattern),
            where("subject", "ilike", pattern),
            where("body", "ilike", pattern),
          ]),
        );
      }
      const rows = await query.orderBy("id", "desc").limit(limit).execute();
      return rows.map(toDelivery);
    },
    async countsByState(tenantId) {
      const rows = await db
        .selectFrom("deliveries")
        .select((select) => ["state", select.fn.countAll<number>().as("count")])
        .where("tenant_id", "=", tenantId)
        .groupBy("state")
        .execute();
      return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
    },
    async sentToday(tenantId, day) {
      const rows = await db
        .selectFrom("delivery_counts")
        .select(["scope", "count"])
        .where("tenant_id", "=", tenantId)
        .where(sql<boolean>`day = ${day}::date`)
        .where("scope", "like", `${CHANNEL_SCOPE}%`)
        .execute();
      return new Map(rows.map(({ scope, count }) => [scope.slice(CHANNEL_SCOPE.length), count]));
    },
    async tenantIds() {
      const rows = await db
        .selectFrom("deliveries")
        .select("tenant_id")
        .union(db.selectFrom("delivery_counts").select("tenant_id"))
        .execute();
      return rows.map((row) => row.tenant_id);
    },
    async removeBefore(tenantId, beforeMs) {
      const { numDeletedRows } = await db
        .deleteFrom("deliveries")
        .where("tenant_id", "=", tenantId)
        .where("created_at", "<", new Date(beforeMs))
        .where("next_at", "is", null)
        .executeTakeFirst();
      await db
        .deleteFrom("delivery_counts")
        .where("tenant_id", "=", tenantId)
        .where(sql<boolean>`day < ${new Date(beforeMs)}::date`)
        .execute();
      return Number(numDeletedRows);
    },
  };
}
