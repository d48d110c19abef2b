import type { UnixMs, Uuid } from "@gatehouse/base";
import type { access, devices } from "@gatehouse/contract";
import { sql } from "kysely";
import { deviceWithin } from "../inventory/scope-store.ts";
import type { DevicesDatabase } from "../tables.ts";

export interface RefusalCount {
  /** Empty when nobody was authenticated. */
  readonly deviceId: Uuid;
  readonly slotMs: UnixMs;
  readonly code: string;
  readonly via: string;
  readonly unproven: boolean;
  count: number;
  firstMs: UnixMs;
  lastMs: UnixMs;
  detail: string | undefined;
}

type TenantOf = (deviceId: Uuid) => Uuid | undefined;

/** Sorted, so that two writers never wait for each other in a circle. */
const inOrder = (rows: readonly RefusalCount[]): RefusalCount[] =>
  rows.toSorted((a, b) => (a.deviceId < b.deviceId ? -1 : a.deviceId > b.deviceId ? 1 : 0));

export async function addDeviceRefusals(
  db: DevicesDatabase,
  counts: readonly RefusalCount[],
  tenantOf: TenantOf,
): Promise<void> {
  if (counts.length === 0) return;
  const rows = inOrder(counts);
  await sql`
    insert into device_refusals as r (device_id, slot, code, via, tenant_id, count, first_at, last_at, detail,
      unproven)
    select n.* from unnest(
      ${rows.map((row) => row.deviceId)}::uuid[],
      ${rows.map((row) => new Date(row.slotMs))}::timestamptz[],
      ${rows.map((row) => row.code)}::text[],
      ${rows.map((row) => row.via)}::text[],
      ${rows.map((row) => tenantOf(row.deviceId))}::uuid[],
      ${rows.map((row) => row.count)}::int[],
      ${rows.map((row) => new Date(row.firstMs))}::timestamptz[],
      ${rows.map((row) => new Date(row.lastMs))}::timestamptz[],
      ${rows.map((row) => row.detail ?? null)}::text[],
      ${rows.map((row) => row.unproven)}::boolean[]
    ) as n (device_id, slot, code, via, tenant_id, count, first_at, last_at, detail, unproven)
    where exists (select from devices where devices.id = n.device_id)
    on conflict (device_id, slot, code, via, unproven) do update set
      count = r.count + excluded.count,
      first_at = least(r.first_at, excluded.first_at),
      last_at = greatest(r.last_at, excluded.last_at),
      detail = coalesce(excluded.detail, r.detail)`.execute(db);
}

export async function addAnonymousRefusals(
  db: DevicesDatabase,
  rows: readonly RefusalCount[],
): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    insert into anonymous_refusals as r (slot, code, via, count)
    select * from unnest(
      ${rows.map((row) => new Date(row.slotMs))}::timestamptz[],
      ${rows.map((row) => row.code)}::text[],
      ${rows.map((row) => row.via)}::text[],
      ${rows.map((row) => row.count)}::int[]
    )
    on conflict (slot, code, via) do update set count = r.count + excluded.count`.execute(db);
}

export async function addAccepted(
  db: DevicesDatabase,
  counts: readonly (readonly [deviceId: Uuid, messages: number])[],
  hourMs: UnixMs,
  tenantOf: TenantOf,
): Promise<void> {
  if (counts.length === 0) return;
  const rows = counts.toSorted(([a], [b]) => (a < b ? -1 : 1));
  await sql`
    insert into device_accepted as a (device_id, hour, tenant_id, count)
    select n.device_id, ${new Date(hourMs)}::timestamptz, n.tenant_id, n.count from unnest(
      ${rows.map(([deviceId]) => deviceId)}::uuid[],
      ${rows.map(([deviceId]) => tenantOf(deviceId))}::uuid[],
      ${rows.map(([, messages]) => messages)}::int[]
    ) as n (device_id, tenant_id, count)
    where exists (select from devices where devices.id = n.device_id)
    on conflict (device_id, hour) do update set count = a.count + excluded.count`.execute(db);
}

export async function refusalsOfDevice(
  db: DevicesDatabase,
  tenantId: Uuid,
  deviceId: Uuid,
  fromMs: UnixMs,
): Promise<devices.Refusal[]> {
  const { rows } = await sql<{
    code: string;
    via: string;
    unproven: boolean;
    count: number;
    first_at: Date;
    last_at: Date;
    detail: string | null;
  }>`
    select code, via, unproven, sum(count) as count, min(first_at) as first_at, max(last_at) as last_at,
      (array_agg(detail order by last_at desc) filter (where detail is not null))[1] as detail
    from device_refusals
    where tenant_id = ${tenantId} and device_id = ${deviceId} and slot >= ${new Date(fromMs)}
    group by code, via, unproven
    order by unproven, sum(count) desc, code, via
    limit 100`.execute(db);
  return rows.map((row) => ({
    code: row.code,
    via: row.via,
    count: row.count,
    firstMs: row.first_at.getTime(),
    lastMs: row.last_at.getTime(),
    ...(row.detail === null ? {} : { detail: row.detail }),
    ...(row.unproven ? { unproven: true as const } : {}),
  }));
}

export async function sumAccepted(
  db: DevicesDatabase,
  tenantId: Uuid,
  deviceId: Uuid,
  fromMs: UnixMs,
): Promise<number> {
  const row = await db
    .selectFrom("device_accepted")
    .select(({ fn }) => fn.sum<number | null>("count").as("messages"))
    .where("tenant_id", "=", tenantId)
    .where("device_id", "=", deviceId)
    .where("hour", ">=", new Date(fromMs))
    .executeTakeFirst();
  return row?.messages ?? 0;
}

/** Of devices that the asker may see, and where `withAnonymous` says so of senders that nobody knows. */
export async function refusalsWithin(
  db: DevicesDatabase,
  scope: access.Scope,
  fromMs: UnixMs,
  withAnonymous: boolean,
): Promise<{ readonly slotMs: UnixMs; readonly code: string; readonly count: number }[]> {
  const from = new Date(fromMs);
  const { rows } = await sql<{ slot: Date; code: string; count: number }>`
    select slot, code, sum(count) as count from (
      select r.slot, r.code, r.count from device_refusals as r join devices as d on d.id = r.device_id
      where ${deviceWithin(scope)} and r.slot >= ${from}
      union all
      select slot, code, count from anonymous_refusals where ${withAnonymous}::boolean and slot >= ${from}
    ) as both_kinds
    group by slot, code`.execute(db);
  return rows.map(({ slot, code, count }) => ({ slotMs: slot.getTime(), code, count }));
}

export async function deleteOldCounts(db: DevicesDatabase, beforeMs: UnixMs): Promise<void> {
  const before = new Date(beforeMs);
  await db.deleteFrom("device_refusals").where("slot", "<", before).execute();
  await db.deleteFrom("anonymous_refusals").where("slot", "<", before).execute();
  await db.deleteFrom("device_accepted").where("hour", "<", before).execute();
  await db.deleteFrom("fleet_slots").where("slot", "<", before).execute();
}
