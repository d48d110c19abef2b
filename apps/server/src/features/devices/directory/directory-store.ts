import type { Uuid } from "@gatehouse/base";
import { loadGrants } from "../grants/grant-store.ts";
import type { CredentialRecord, DeviceRecord } from "../model.ts";
import type { DevicesDatabase } from "../tables.ts";

/** Every device with its credentials and grants, or only the one named: four queries whatever their number. */
export async function loadDeviceRecords(db: DevicesDatabase, deviceId?: Uuid): Promise<DeviceRecord[]> {
  const [devices, credentials, ownMetrics, grants] = await Promise.all([
    db
      .selectFrom("devices")
      .select(["id", "tenant_id", "site_id", "name", "label", "type_id", "interval_ms", "revoked_at"])
      .$if(deviceId !== undefined, (query) => query.where("id", "=", deviceId as Uuid))
      .execute(),
    loadCredentials(db, deviceId),
    loadOwnMetrics(db, deviceId),
    loadGrants(db, deviceId),
  ]);
  return devices.map((row) => ({
    tenantId: row.tenant_id,
    deviceId: row.id,
    name: row.name,
    label: row.label,
    typeId: row.type_id,
    siteId: row.site_id,
    intervalMs: row.interval_ms,
    revoked: row.revoked_at !== null,
    ownMetrics: ownMetrics.get(row.id) ?? NONE,
    credentials: credentials.get(row.id) ?? [],
    grants: grants.get(row.id) ?? NO_GRANTS,
  }));
}

const NONE: ReadonlySet<string> = new Set();
const NO_GRANTS: DeviceRecord["grants"] = [];

async function loadCredentials(
  db: DevicesDatabase,
  deviceId: Uuid | undefined,
): Promise<Map<Uuid, CredentialRecord[]>> {
  const rows = await db
    .selectFrom("device_credentials")
    .select(["id", "device_id", "kind", "public_id", "sha256", "sealed", "expires_at", "revoked_at"])
    .$if(deviceId !== undefined, (query) => query.where("device_id", "=", deviceId as Uuid))
    .execute();
  const byDevice = new Map<Uuid, CredentialRecord[]>();
  for (const row of rows) {
    const list = byDevice.get(row.device_id) ?? [];
    list.push({
      credentialId: row.id,
      deviceId: row.device_id,
      kind: row.kind,
      publicId: row.public_id,
      sha256: row.sha256,
      sealed: row.sealed ?? undefined,
      expiresMs: row.expires_at?.getTime(),
      revoked: row.revoked_at !== null,
    });
    byDevice.set(row.device_id, list);
  }
  return byDevice;
}

async function loadOwnMetrics(
  db: DevicesDatabase,
  deviceId: Uuid | undefined,
): Promise<Map<Uuid, Set<string>>> {
  const rows = await db
    .selectFrom("device_metrics")
    .select(["device_id", "key"])
    .$if(deviceId !== undefined, (query) => query.where("device_id", "=", deviceId as Uuid))
    .execute();
  const byDevice = new Map<Uuid, Set<string>>();
  for (const { device_id, key } of rows) {
    const keys = byDevice.get(device_id) ?? new Set();
    byDevice.set(device_id, keys.add(key));
  }
  return byDevice;
}
