import type { UnixMs, Uuid } from "@gatehouse/base";
import { sql } from "kysely";
import type { DayLimit } from "./outbox-store.ts";
import type { NotificationDatabase } from "./tables.ts";

/** Limits and ends of messages to people. */
export interface DirectStore {
  /** Takes one place in every limit, or none and names the first that is full. */
  reserve(deliveryId: Uuid, day: string, limits: readonly DayLimit[]): Promise<string | undefined>;
  /** How many were counted in each scope on a day; a scope without any is left out. */
  counts(day: string, scopes: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Wipes what is worthless and ends it; answers how many. */
  expire(nowMs: UnixMs): Promise<number>;
  removeCountsBefore(day: string): Promise<void>;
}

export function createDirectStore(db: NotificationDatabase): DirectStore {
  return {
    async reserve(deliveryId, day, limits) {
      const scopes = limits.map(({ scope }) => scope);
      return db.transaction().execute(async (tx) => {
        await sql`
          insert into message_counts (day, scope, count)
          select ${day}::date, scope, 0 from unnest(${scopes}::text[]) scope order by scope
          on conflict do nothing`.execute(tx);
        // In one order, so that two senders never wait for each other.
        const rows = await tx
          .selectFrom("message_counts")
          .select(["scope", "count"])
          .where(sql<boolean>`day = ${day}::date`)
          .where("scope", "in", scopes)
          .orderBy("scope")
          .forUpdate()
          .execute();
        const counts = new Map(rows.map(({ scope, count }) => [scope, count]));
        const full = limits.find(({ scope, cap }) => (counts.get(scope) ?? 0) >= cap);
        if (full !== undefined) return full.scope;
        await tx
          .updateTable("message_counts")
          .set({ count: sql`count + 1` })
          .where(sql<boolean>`day = ${day}::date`)
          .where("scope", "in", scopes)
          .execute();
        await tx.updateTable("deliveries").set({ counted: true }).where("id", "=", deliveryId).execute();
        return undefined;
      });
    },
    async counts(day, scopes) {
      const rows = await db
        .selectFrom("message_counts")
        .select(["scope", "count"])
        .where(sql<boolean>`day = ${day}::date`)
        .where("scope", "in", scopes)
        .execute();
      return new Map(rows.map(({ scope, count }) => [scope, count]));
    },
    async expire(nowMs) {
      const { numUpdatedRows } = await db
        .updateTable("deliveries")
        .set({ state: "expired", sealed: null, next_at: null })
        .where("sealed", "is not", null)
        .where("expires_at", "<=", new Date(nowMs))
        .where("state", "in", ["queued", "retrying", "held"])
        .executeTakeFirst();
      return Number(numUpdatedRows);
    },
    async removeCountsBefore(day) {
      await db.deleteFrom("message_counts").where(sql<boolean>`day < ${day}::date`).execute();
    },
  };
}
