import type { Uuid } from "@gatehouse/base";
import type { devices } from "@gatehouse/contract";
import { sql } from "kysely";
import type { DevicesDatabase } from "../tables.ts";

type TopicGrant = devices.TopicGrant;

/** Grants of every device, or of the one named, by device; sorted by pattern. */
export async function loadGrants(
  db: DevicesDatabase,
  deviceId: Uuid | undefined,
): Promise<Map<Uuid, TopicGrant[]>> {
  const rows = await db
    .selectFrom("device_grants")
    .select(["device_id", "pattern", "publish", "subscribe"])
    .$if(deviceId !== undefined, (query) => query.where("device_id", "=", deviceId as Uuid))
    .orderBy(sql`pattern collate "C"`)
    .execute();
  const byDevice = new Map<Uuid, TopicGrant[]>();
  for (const { device_id, ...grant } of rows) {
    const list = byDevice.get(device_id);
    if (list === undefined) byDevice.set(device_id, [grant]);
    else list.push(grant);
  }
  return byDevice;
}

/** Undefined = no such device. */
export async function readRevision(
  db: DevicesDatabase,
  tenantId: Uuid,
  deviceId: Uuid,
): Promise<number | undefined> {
  const row = await db
    .selectFrom("devices")
    .select("grants_revision")
    .where("tenant_id", "=", tenantId)
    .where("id", "=", deviceId)
    .executeTakeFirst();
  return row?.grants_revision;
}

/** Inside a transaction that holds the device's lock. */
export async function replaceGrants(
  tx: DevicesDatabase,
  tenantId: Uuid,
  deviceId: Uuid,
  grants: readonly TopicGrant[],
): Promise<void> {
  await tx
    .deleteFrom("device_grants")
    .where("tenant_id", "=", tenantId)
    .where("device_id", "=", deviceId)
    .execute();
  if (grants.length > 0)
    await tx
      .insertInto("device_grants")
      .values(
        grants.map(({ pattern, publish, subscribe }) => ({
          device_id: deviceId,
          tenant_id: tenantId,
          pattern,
          publish,
          subscribe,
        })),
      )
      .execute();
  await tx
    .updateTable("devices")
    .set(({ eb }) => ({ grants_revision: eb("grants_revision", "+", 1) }))
    .where("tenant_id", "=", tenantId)
    .where("id", "=", deviceId)
    .execute();
}
