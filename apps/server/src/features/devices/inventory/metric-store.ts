import type { Uuid } from "@gatehouse/base";
import { sql } from "kysely";
import type { OwnMetric } from "../model.ts";
import type { DevicesDatabase } from "../tables.ts";

/** Without a tenant or without devices: of all of them. */
export async function listOwnMetrics(
  db: DevicesDatabase,
  tenantId: Uuid | undefined,
  deviceIds: readonly Uuid[] | undefined,
): Promise<Map<Uuid, OwnMetric[]>> {
  const byDevice = new Map<Uuid, OwnMetric[]>();
  const rows = await db
    .selectFrom("device_metrics")
    .select(["device_id", "key", "unit", "label_en", "label_fr", "kind", "decimals"])
    .$if(tenantId !== undefined, (query) => query.where("tenant_id", "=", tenantId as Uuid))
    .$if(deviceIds !== undefined, (query) => query.where(sql<boolean>`device_id = any(${deviceIds}::uuid[])`))
    .orderBy("key")
    .execute();
  for (const row of rows) {
    const list = byDevice.get(row.device_id) ?? [];
    list.push({
      key: row.key,
      unit: row.unit,
      label: { en: row.label_en, fr: row.label_fr },
      kind: row.kind,
      ...(row.decimals === null ? {} : { decimals: row.decimals }),
    });
    byDevice.set(row.device_id, list);
  }
  return byDevice;
}

/**
 * Adds or, with `replace`, corrects metrics (each key once), up to `limit` for the device; true when that changed
 * anything. A device that is gone takes none.
 */
export async function putOwnMetrics(
  db: DevicesDatabase,
  tenantId: Uuid,
  deviceId: Uuid,
  metrics: readonly OwnMetric[],
  { limit, replace }: { readonly limit: number; readonly replace: boolean },
): Promise<boolean> {
  const { rows } = await sql<{ key: string }>`
    insert into device_metrics as m (device_id, tenant_id, key, unit, label_en, label_fr, kind, decimals)
    select d.id, d.tenant_id, n.key, n.unit, n.label_en, n.label_fr, n.kind, n.decimals
    from devices as d, unnest(
      ${metrics.map((metric) => metric.key)}::text[],
      ${metrics.map((metric) => metric.unit)}::text[],
      ${metrics.map((metric) => metric.label.en)}::text[],
      ${metrics.map((metric) => metric.label.fr)}::text[],
      ${metrics.map((metric) => metric.kind)}::text[],
      ${metrics.map((metric) => metric.decimals ?? null)}::int[]
    ) with ordinality as n (key, unit, label_en, label_fr, kind, decimals, place)
    where d.id = ${deviceId} and d.tenant_id = ${tenantId}
      and (
        exists (select from device_metrics as k where k.device_id = d.id and k.key = n.key)
        or n.place <= ${limit} - (select count(*) from device_metrics as k where k.device_id = d.id)
      )
    on conflict (device_id, key) do ${
      replace
        ? sql`update set unit = excluded.unit, label_en = excluded.label_en, label_fr = excluded.label_fr,
            kind = excluded.kind, decimals = excluded.decimals
          where (m.unit, m.label_en, m.label_fr, m.kind, m.decimals) is distinct from
            (excluded.unit, excluded.label_en, excluded.label_fr, excluded.kind, excluded.decimals)`
        : sql`nothing`
    }
    returning m.key`.execute(db);
  return rows.length > 0;
}
