import type { UnixMs, Uuid } from "@gatehouse/base";
import { findDeviceType } from "@gatehouse/device-types";
import { sql } from "kysely";
import type { OwnMetric } from "../model.ts";
import type { DevicesDatabase } from "../tables.ts";
import { mergeMetrics } from "./device-view.ts";
import { listOwnMetrics } from "./metric-store.ts";

/** What other features ask of a device: rules, boards, exports. */
export interface DeviceDescription {
  readonly tenantId: Uuid;
  readonly deviceId: Uuid;
  readonly name: string;
  readonly label: string;
  readonly typeId: string;
  readonly siteId: Uuid;
  readonly siteName: string;
  /** IANA zone of the site. */
  readonly timeZone: string;
  readonly tags: readonly string[];
  readonly intervalMs: number;
  readonly revoked: boolean;
  readonly demo: boolean;
  readonly lastSeenMs: UnixMs | undefined;
  /** Of the type and of the device itself. */
  readonly metrics: readonly OwnMetric[];
  /** The type takes any metric: `metrics` is what is known so far. */
  readonly openMetrics: boolean;
}

export interface DeviceSelection {
  readonly tenantId?: Uuid;
  readonly deviceIds?: readonly Uuid[];
}

export async function describeDevices(
  db: DevicesDatabase,
  { tenantId, deviceIds }: DeviceSelection,
): Promise<DeviceDescription[]> {
  const rows = await db
    .selectFrom("devices as d")
    .innerJoin("sites as s", "s.id", "d.site_id")
    .innerJoin("device_presence as p", "p.device_id", "d.id")
    .select(["d.tenant_id", "d.id", "d.name", "d.label", "d.type_id", "d.site_id", "d.tags", "d.interval_ms"])
    .select(["d.revoked_at", "d.demo", "s.name as site_name", "s.time_zone", "p.last_seen"])
    .$if(tenantId !== undefined, (query) => query.where("d.tenant_id", "=", tenantId as Uuid))
    .$if(deviceIds !== undefined, (query) => query.where(sql<boolean>`d.id = any(${deviceIds}::uuid[])`))
    .orderBy("d.name")
    .execute();
  const own = await listOwnMetrics(db, tenantId, deviceIds);
  return rows.map((row) => ({
    tenantId: row.tenant_id,
    deviceId: row.id,
    name: row.name,
    label: row.label,
    typeId: row.type_id,
    siteId: row.site_id,
    siteName: row.site_name,
    timeZone: row.time_zone,
    tags: row.tags,
    intervalMs: row.interval_ms,
    revoked: row.revoked_at !== null,
    demo: row.demo,
    lastSeenMs: row.last_seen?.getTime(),
    metrics: mergeMetrics(row.type_id, own.get(row.id) ?? []),
    openMetrics: findDeviceType(row.type_id)?.openMetrics ?? false,
  }));
}
