import type { access } from "@gatehouse/contract";
import { type RawBuilder, type SqlBool, sql } from "kysely";

/** Whether a row of `devices as d` is what the asker may see: the organisation's, and at a place the asker reaches. */
export function deviceWithin({ tenantId, reach }: access.Scope): RawBuilder<SqlBool> {
  if (reach === "all") return sql<SqlBool>`d.tenant_id = ${tenantId}`;
  const [sites, devices] = [[...reach.sites], [...reach.devices]];
  return sql<SqlBool>`d.tenant_id = ${tenantId}
    and (d.site_id = any(${sites}::uuid[]) or d.id = any(${devices}::uuid[]))`;
}

/** The same for a row of `sites as s`, joined with the devices `d` that are within: also the site of a single device. */
export function siteWithin({ tenantId, reach }: access.Scope): RawBuilder<SqlBool> {
  if (reach === "all") return sql<SqlBool>`s.tenant_id = ${tenantId}`;
  return sql<SqlBool>`s.tenant_id = ${tenantId}
    and (s.id = any(${[...reach.sites]}::uuid[]) or d.id is not null)`;
}
