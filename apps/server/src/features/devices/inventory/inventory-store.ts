import type { UnixMs, Uuid } from "@gatehouse/base";
import type { access, devices } from "@gatehouse/contract";
import { type Expression, type SqlBool, sql } from "kysely";
import { inNaturalOrder } from "../../../platform/database/index.ts";
import { GATEWAY_TYPE } from "../model.ts";
import type { DevicesDatabase } from "../tables.ts";
import { deviceWithin } from "./scope-store.ts";

type DeviceStatus = devices.DeviceStatus;
export type DeviceSort = (typeof devices.DEVICE_SORTS)[number];

export interface DeviceFilter {
  /** LIKE patterns over folded text; each must match name, label, a tag, the site or the last address. */
  readonly patterns?: readonly string[];
  readonly deviceIds?: readonly Uuid[] | undefined;
  readonly siteId?: Uuid | undefined;
  readonly typeId?: string | undefined;
  readonly status?: DeviceStatus | undefined;
  readonly tag?: string | undefined;
  /** Devices of this gateway; `none`: those without one that are no gateways. */
  readonly gateway?: Uuid | "none" | undefined;
}

export interface InventoryRow {
  readonly deviceId: Uuid;
  readonly name: string;
  readonly label: string;
  readonly typeId: string;
  readonly siteId: Uuid;
  readonly siteName: string;
  readonly tags: readonly string[];
  readonly intervalMs: number;
  readonly createdMs: UnixMs;
  readonly revokedMs: UnixMs | undefined;
  readonly demo: boolean;
  readonly gateway: { readonly id: Uuid; readonly name: string } | undefined;
}

/** Numbers in names count as numbers. */
const NAME = inNaturalOrder(sql.ref("d.name"));
/** What needs a look comes first. */
const STATUS = sql`array_position(array['offline', 'stale', 'never', 'online', 'revoked'], p.status)`;
const SORTS: Readonly<Record<DeviceSort, Expression<unknown>>> = {
  name: sql`${NAME}`,
  "-name": sql`${NAME} desc`,
  lastSeen: sql`p.last_seen nulls first`,
  "-lastSeen": sql`p.last_seen desc nulls last`,
  created: sql`d.created_at`,
  "-created": sql`d.created_at desc`,
  type: sql`d.type_id, ${NAME}`,
  status: sql`${STATUS}, ${NAME}`,
};

/** Devices with their presence. Every order ends with the id, so that pages neither repeat nor leave out a device. */
export async function listInventory(
  db: DevicesDatabase,
  scope: access.Scope,
  filter: DeviceFilter,
  page: { readonly sort: DeviceSort; readonly offset: number; readonly limit: number },
): Promise<InventoryRow[]> {
  const { rows } = await sql<{
    id: string;
    name: string;
    label: string;
    type_id: string;
    site_id: string;
    site_name: string;
    tags: string[];
    interval_ms: number;
    created_at: Date;
    revoked_at: Date | null;
    demo: boolean;
    gateway_id: string | null;
    gateway_name: string | null;
  }>`
    select d.id, d.name, d.label, d.type_id, d.site_id, s.name as site_name, d.tags, d.interval_ms,
      d.created_at, d.revoked_at, d.demo, d.gateway_id, g.name as gateway_name
    from devices as d
    join device_presence as p on p.device_id = d.id
    join sites as s on s.id = d.site_id
    left join devices as g on g.id = d.gateway_id
    where ${conditions(scope, filter)}
    order by ${SORTS[page.sort]}, d.id
    offset ${page.offset} limit ${page.limit}`.execute(db);
  return rows.map((row) => ({
    deviceId: row.id,
    name: row.name,
    label: row.label,
    typeId: row.type_id,
    siteId: row.site_id,
    siteName: row.site_name,
    tags: row.tags,
    intervalMs: row.interval_ms,
    createdMs: row.created_at.getTime(),
    revokedMs: row.revoked_at?.getTime(),
    demo: row.demo,
    gateway: row.gateway_id === null ? undefined : { id: row.gateway_id, name: row.gateway_name as string },
  }));
}

export async function countInventory(
  db: DevicesDatabase,
  scope: access.Scope,
  filter: DeviceFilter,
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count
    from devices as d
    join device_presence as p on p.device_id = d.id
    join sites as s on s.id = d.site_id
    where ${conditions(scope, filter)}`.execute(db);
  return rows[0]?.count ?? 0;
}

function conditions(scope: access.Scope, filter: DeviceFilter): Expression<SqlBool> {
  const parts: Expression<SqlBool>[] = [deviceWithin(scope)];
  if (filter.deviceIds !== undefined) parts.push(sql`d.id = any(${filter.deviceIds}::uuid[])`);
  if (filter.siteId !== undefined) parts.push(sql`d.site_id = ${filter.siteId}`);
  if (filter.typeId !== undefined) parts.push(sql`d.type_id = ${filter.typeId}`);
  if (filter.status !== undefined) parts.push(sql`p.status = ${filter.status}`);
  if (filter.tag !== undefined) parts.push(sql`d.tags @> ${[filter.tag]}::text[]`);
  if (filter.gateway === "none")
    parts.push(sql`d.gateway_id is null`, sql`d.type_id <> ${GATEWAY_TYPE}`, sql`d.revoked_at is null`);
  else if (filter.gateway !== undefined) parts.push(sql`d.gateway_id = ${filter.gateway}`);
  for (const pattern of filter.patterns ?? []) parts.push(matches(pattern));
  return sql.join(parts, sql` and `);
}

/**
 * A plain filter over the tenant's devices: at the limit of 100,000 it takes 60 to 130 ms whatever is sought.
 * Trigram indexes made it 9 to 370 ms, and a query of two words on fresh statistics did not end.
 */
const matches = (pattern: string) =>
  sql<SqlBool>`(d.search like ${pattern} or p.address like ${pattern} or s.search like ${pattern})`;

export interface Facets {
  readonly status: Record<string, number>;
  readonly type: Record<string, number>;
  readonly tags: { tag: string; count: number }[];
}

/** Tags beyond these are found by typing them. */
const MAX_TAG_FACETS = 200;

export async function countFacets(
  db: DevicesDatabase,
  scope: access.Scope,
  siteId: Uuid | undefined,
): Promise<Facets> {
  const where = conditions(scope, { siteId });
  const groups = await sql<{ status: string; type_id: string; count: number }>`
    select p.status, d.type_id, count(*) as count
    from devices as d join device_presence as p on p.device_id = d.id
    where ${where} group by p.status, d.type_id`.execute(db);
  const tags = await sql<{ tag: string; count: number }>`
    select tag, count(*) as count from devices as d, unnest(d.tags) as tag
    where ${where} group by tag order by count(*) desc, tag limit ${MAX_TAG_FACETS}`.execute(db);
  const status: Record<string, number> = {};
  const type: Record<string, number> = {};
  for (const row of groups.rows) {
    status[row.status] = (status[row.status] ?? 0) + row.count;
    type[row.type_id] = (type[row.type_id] ?? 0) + row.count;
  }
  return { status, type, tags: tags.rows };
}

export async function listFleet(
  db: DevicesDatabase,
  scope: access.Scope,
  limit: number,
): Promise<{ readonly deviceId: Uuid; readonly name: string; readonly siteId: Uuid }[]> {
  const { rows } = await sql<{ id: string; name: string; site_id: string }>`
    select d.id, d.name, d.site_id from devices as d join sites as s on s.id = d.site_id
    where ${deviceWithin(scope)}
    order by s.name_key, s.id, ${NAME} limit ${limit}`.execute(db);
  return rows.map((row) => ({ deviceId: row.id, name: row.name, siteId: row.site_id }));
}

export async function listDeviceIdsOfSite(
  db: DevicesDatabase,
  tenantId: Uuid,
  siteId: Uuid,
): Promise<Uuid[]> {
  const rows = await db
    .selectFrom("devices")
    .select("id")
    .where("tenant_id", "=", tenantId)
    .where("site_id", "=", siteId)
    .execute();
  return rows.map(({ id }) => id);
}
