import type { UnixMs, Uuid } from "@gatehouse/base";
import type { DevicesDatabase } from "../tables.ts";
import { deviceSearchText } from "./search.ts";

export const DEVICE_NAME_UNIQUE = "devices_name_unique";
export const DISCOVERY_UNIQUE = "devices_discovery_unique";

export interface NewDevice {
  readonly deviceId: Uuid;
  readonly siteId: Uuid;
  readonly name: string;
  readonly label: string;
  readonly typeId: string;
  readonly tags: readonly string[];
  readonly intervalMs: number;
  readonly demo: boolean;
  readonly discoveryId: string | undefined;
  readonly createdMs: UnixMs;
}

export async function insertDevice(db: DevicesDatabase, tenantId: Uuid, device: NewDevice): Promise<void> {
  await db
    .insertInto("devices")
    .values({
      id: device.deviceId,
      tenant_id: tenantId,
      site_id: device.siteId,
      name: device.name,
      label: device.label,
      type_id: device.typeId,
      tags: [...device.tags],
      interval_ms: device.intervalMs,
      search: deviceSearchText(device),
      discovery_id: device.discoveryId ?? null,
      demo: device.demo,
      created_at: new Date(device.createdMs),
      revoked_at: null,
    })
    .execute();
}

export interface DeviceChange {
  readonly name?: string;
  readonly label?: string;
  readonly siteId?: Uuid;
  readonly tags?: readonly string[];
  readonly intervalMs?: number;
}

/** Within a transaction; false when there is no such device. */
export async function updateDeviceRow(
  db: DevicesDatabase,
  tenantId: Uuid,
  deviceId: Uuid,
  change: DeviceChange,
): Promise<boolean> {
  const before = await db
    .selectFrom("devices")
    .select(["name", "label", "tags", "site_id", "interval_ms"])
    .where("tenant_id", "=", tenantId)
    .where("id", "=", deviceId)
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (before === undefined) return false;
  const name = change.name ?? before.name;
  const label = change.label ?? before.label;
  const tags = [...(change.tags ?? before.tags)];
  await db
    .updateTable("devices")
    .set({
      name,
      label,
      tags,
      search: deviceSearchText({ name, label, tags }),
      site_id: change.siteId ?? before.site_id,
      interval_ms: change.intervalMs ?? before.interval_ms,
    })
    .where("tenant_id", "=", tenantId)
    .where("id", "=", deviceId)
    .execute();
  return true;
}

export async function setDeviceRevoked(
  db: DevicesDatabase,
  tenantId: Uuid,
  deviceId: Uuid,
  revokedMs: UnixMs | undefined,
): Promise<void> {
  await db
    .updateTable("devices")
    .set({ revoked_at: revokedMs === undefined ? null : new Date(revokedMs) })
    .where("tenant_id", "=", tenantId)
    .where("id", "=", deviceId)
    .execute();
}

export async function deleteDeviceRow(db: DevicesDatabase, tenantId: Uuid, deviceId: Uuid): Promise<void> {
  await db.deleteFrom("devices").where("tenant_id", "=", tenantId).where("id", "=", deviceId).execute();
}

export async function findDiscovered(
  db: DevicesDatabase,
  tenantId: Uuid,
  discoveryId: string,
): Promise<Uuid | undefined> {
  const row = await db
    .selectFrom("devices")
    .select("id")
    .where("tenant_id", "=", tenantId)
    .where("discovery_id", "=", discoveryId)
    .executeTakeFirst();
  return row?.id;
}

export async function countDiscovered(db: DevicesDatabase, tenantId: Uuid): Promise<number> {
  const row = await db
    .selectFrom("devices")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("tenant_id", "=", tenantId)
    .where("discovery_id", "is not", null)
    .executeTakeFirstOrThrow();
  return row.count;
}
