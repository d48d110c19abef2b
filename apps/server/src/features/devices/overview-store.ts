import type { UnixMs, Uuid } from "@gatehouse/base";
import type { access } from "@gatehouse/contract";
import { sql } from "kysely";
import { deviceWithin } from "./inventory/scope-store.ts";
import type { DevicesDatabase } from "./tables.ts";

/** The tenants' numbers of devices online now; a slot keeps its highest. */
export async function putFleetSlots(
  db: DevicesDatabase,
  slotMs: UnixMs,
  online: readonly (readonly [tenantId: Uuid, online: number])[],
): Promise<void> {
  if (online.length === 0) return;
  await sql`
    insert into fleet_slots as f (tenant_id, slot, online)
    select n.tenant_id, ${new Date(slotMs)}::timestamptz, n.online from unnest(
      ${online.map(([tenantId]) => tenantId)}::uuid[],
      ${online.map(([, count]) => count)}::int[]
    ) as n (tenant_id, online)
    on conflict (tenant_id, slot) do update set online = greatest(f.online, excluded.online)`.execute(db);
}

export async function listFleetSlots(
  db: DevicesDatabase,
  tenantId: Uuid,
  fromMs: UnixMs,
): Promise<[slotMs: UnixMs, online: number][]> {
  const rows = await db
    .selectFrom("fleet_slots")
    .select(["slot", "online"])
    .where("tenant_id", "=", tenantId)
    .where("slot", ">=", new Date(fromMs))
    .execute();
  return rows.map(({ slot, online }) => [slot.getTime(), online]);
}

export interface OfflineDevice {
  readonly deviceId: Uuid;
  readonly name: string;
  readonly lastSeenMs: UnixMs;
}

/** Devices that are offline, the latest to fall silent first. */
export async function listOffline(
  db: DevicesDatabase,
  scope: access.Scope,
  limit: number,
): Promise<OfflineDevice[]> {
  const rows = await db
    .selectFrom("device_presence as p")
    .innerJoin("devices as d", "d.id", "p.device_id")
    .select(["d.id", "d.name", "p.last_seen"])
    .where(deviceWithin(scope))
    .where("p.status", "=", "offline")
    .orderBy("p.last_seen", (order) => order.desc().nullsLast())
    .orderBy("d.id")
    .limit(limit)
    .execute();
  return rows.map((row) => ({ deviceId: row.id, name: row.name, lastSeenMs: row.last_seen?.getTime() ?? 0 }));
}

export interface ExpiringCertificate {
  readonly deviceId: Uuid;
  readonly name: string;
  readonly expiresMs: UnixMs;
}

/** Certificates that end before `untilMs` and have no later one of the same device behind them. */
export async function listExpiringCertificates(
  db: DevicesDatabase,
  scope: access.Scope,
  range: { readonly nowMs: UnixMs; readonly untilMs: UnixMs; readonly limit: number },
): Promise<ExpiringCertificate[]> {
  const { rows } = await sql<{ device_id: string; name: string; last: Date }>`
    select c.device_id, d.name, max(c.expires_at) as last
    from device_credentials as c join devices as d on d.id = c.device_id
    where ${deviceWithin(scope)} and c.kind = 'certificate' and c.revoked_at is null
      and c.expires_at > ${new Date(range.nowMs)}
    group by c.device_id, d.name
    having max(c.expires_at) < ${new Date(range.untilMs)}
    order by last, c.device_id limit ${range.limit}`.execute(db);
  return rows.map((row) => ({ deviceId: row.device_id, name: row.name, expiresMs: row.last.getTime() }));
}

/** Devices that have never been heard and hold a code that is still good. */
export async function countPendingClaims(
  db: DevicesDatabase,
  scope: access.Scope,
  nowMs: UnixMs,
): Promise<number> {
  const row = await db
    .selectFrom("device_claims as c")
    .innerJoin("device_presence as p", "p.device_id", "c.device_id")
    .innerJoin("devices as d", "d.id", "c.device_id")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where(deviceWithin(scope))
    .where("c.expires_at", ">", new Date(nowMs))
    .where("p.status", "=", "never")
    .executeTakeFirstOrThrow();
  return row.count;
}
