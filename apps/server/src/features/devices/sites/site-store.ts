import type { UnixMs, Uuid } from "@gatehouse/base";
import type { access, devices } from "@gatehouse/contract";
import { sql } from "kysely";
import { deviceWithin, siteWithin } from "../inventory/scope-store.ts";
import { foldText, nameKey } from "../inventory/search.ts";
import type { DevicesDatabase } from "../tables.ts";

export const SITE_NAME_UNIQUE = "sites_name_unique";
export const SITE_HAS_DEVICES = "devices_site_known";

export interface NewSite {
  readonly siteId: Uuid;
  readonly name: string;
  readonly timeZone: string;
  readonly demo: boolean;
  readonly createdMs: UnixMs;
}

const nameFields = (name: string) => ({ name, name_key: nameKey(name), search: foldText(name) });

/** A site or all of them by name, with those of their devices counted that the asker may see. */
export async function listSiteRows(
  db: DevicesDatabase,
  scope: access.Scope,
  siteId?: Uuid,
): Promise<devices.Site[]> {
  const rows = await db
    .selectFrom("sites as s")
    .leftJoin("devices as d", (join) => join.onRef("d.site_id", "=", "s.id").on(deviceWithin(scope)))
    .leftJoin("device_presence as p", "p.device_id", "d.id")
    .select(["s.id", "s.name", "s.time_zone", "s.demo"])
    .select(({ fn }) => [
      fn.count<number>("d.id").as("devices"),
      sql<number>`count(*) filter (where p.status = 'online')`.as("online"),
    ])
    .where(siteWithin(scope))
    .$if(siteId !== undefined, (query) => query.where("s.id", "=", siteId as Uuid))
    .groupBy("s.id")
    .orderBy("s.name_key")
    .execute();
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    timeZone: row.time_zone,
    deviceCount: row.devices,
    onlineCount: row.online,
    demo: row.demo,
  }));
}

export async function countSites(db: DevicesDatabase, tenantId: Uuid): Promise<number> {
  const row = await db
    .selectFrom("sites")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("tenant_id", "=", tenantId)
    .executeTakeFirstOrThrow();
  return row.count;
}

export async function insertSite(db: DevicesDatabase, tenantId: Uuid, site: NewSite): Promise<void> {
  await db
    .insertInto("sites")
    .values({
      id: site.siteId,
      tenant_id: tenantId,
      ...nameFields(site.name),
      time_zone: site.timeZone,
      demo: site.demo,
      created_at: new Date(site.createdMs),
    })
    .execute();
}

/** True when there was such a site. */
export async function updateSiteRow(
  db: DevicesDatabase,
  tenantId: Uuid,
  siteId: Uuid,
  change: { readonly name?: string; readonly timeZone?: string },
): Promise<boolean> {
  const row = await db
    .updateTable("sites")
    .set((set) => ({
      id: set.ref("id"),
      ...(change.name === undefined ? {} : nameFields(change.name)),
      ...(change.timeZone === undefined ? {} : { time_zone: change.timeZone }),
    }))
    .where("tenant_id", "=", tenantId)
    .where("id", "=", siteId)
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}

export async function deleteSiteRow(db: DevicesDatabase, tenantId: Uuid, siteId: Uuid): Promise<boolean> {
  const row = await db
    .deleteFrom("sites")
    .where("tenant_id", "=", tenantId)
    .where("id", "=", siteId)
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}

/** The tenant's oldest site: where a device goes that nobody placed. */
export async function findFirstSiteId(db: DevicesDatabase, tenantId: Uuid): Promise<Uuid | undefined> {
  const row = await db
    .selectFrom("sites")
    .select("id")
    .where("tenant_id", "=", tenantId)
    .orderBy("created_at")
    .orderBy("id")
    .limit(1)
    .executeTakeFirst();
  return row?.id;
}

export async function siteExists(db: DevicesDatabase, tenantId: Uuid, siteId: Uuid): Promise<boolean> {
  const row = await db
    .selectFrom("sites")
    .select("id")
    .where("tenant_id", "=", tenantId)
    .where("id", "=", siteId)
    .executeTakeFirst();
  return row !== undefined;
}

/** Whose a site is. */
export async function findSiteTenant(db: DevicesDatabase, siteId: Uuid): Promise<Uuid | undefined> {
  const row = await db.selectFrom("sites").select("tenant_id").where("id", "=", siteId).executeTakeFirst();
  return row?.tenant_id;
}
