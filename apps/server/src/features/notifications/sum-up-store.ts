import type { Uuid } from "@gatehouse/base";
import type { alerts } from "@gatehouse/contract";
import { type DeliveryRecord, toDelivery } from "./outbox-store.ts";
import type { NotificationDatabase } from "./tables.ts";

/** What one channel, or one browser of it, was not told in quiet hours. */
export interface Heap {
  readonly tenantId: Uuid;
  readonly channelId?: Uuid;
  readonly pushDeviceId?: Uuid;
}

const MAX_HEAPS = 200;
const MAX_KEPT = 1_000;

export async function deferredHeaps(db: NotificationDatabase): Promise<readonly Heap[]> {
  const rows = await db
    .selectFrom("deliveries")
    .select(["tenant_id", "channel_id", "push_device_id"])
    .distinct()
    .where("state", "=", "deferred")
    .limit(MAX_HEAPS)
    .execute();
  return rows.map((row) => ({
    tenantId: row.tenant_id,
    ...(row.channel_id === null ? {} : { channelId: row.channel_id }),
    ...(row.push_device_id === null ? {} : { pushDeviceId: row.push_device_id }),
  }));
}

/** Oldest first. */
export async function keptBack(
  db: NotificationDatabase,
  { tenantId, channelId, pushDeviceId }: Heap,
): Promise<readonly DeliveryRecord[]> {
  const rows = await db
    .selectFrom("deliveries")
    .selectAll()
    .where("state", "=", "deferred")
    .where("tenant_id", "=", tenantId)
    .where("channel_id", channelId === undefined ? "is" : "=", channelId ?? null)
    .where("push_device_id", pushDeviceId === undefined ? "is" : "=", pushDeviceId ?? null)
    .orderBy("id")
    .limit(MAX_KEPT)
    .execute();
  return rows.map(toDelivery);
}

/**
 * They are told by another message now, or, for the reason given, to nobody. False where another look was quicker
 * with one of them: nothing is changed.
 */
export async function sumUp(
  db: NotificationDatabase,
  kept: readonly DeliveryRecord[],
  nobody?: alerts.FailureCode,
): Promise<boolean> {
  const ids = kept.map(({ id }) => id);
  if (ids.length === 0) return false;
  const locked = await db
    .selectFrom("deliveries")
    .select("id")
    .where("id", "in", ids)
    .where("state", "=", "deferred")
    .orderBy("id")
    .forUpdate()
    .execute();
  if (locked.length < ids.length) return false;
  await db
    .updateTable("deliveries")
    .set({ state: nobody === undefined ? "summed" : "dead", error_code: nobody ?? null })
    .where("id", "in", ids)
    .execute();
  return true;
}
