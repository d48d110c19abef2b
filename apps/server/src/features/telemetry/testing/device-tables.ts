import { newUuid, systemClock, systemRandom, type Uuid } from "@gatehouse/base";
import type { Pool } from "pg";
import { type FeatureMigrations, naturalOrder } from "../../../platform/database/index.ts";

/** What telemetry points to in other features' tables, no more. */
export const deviceTables: FeatureMigrations = {
  feature: "telemetry-test-devices",
  migrations: [
    {
      id: "001-create",
      up: `create table tenants (id uuid primary key);
        create table devices (id uuid primary key, tenant_id uuid not null references tenants (id) on delete cascade)`,
    },
    naturalOrder,
  ],
};

export const id = (): Uuid => newUuid(systemClock, systemRandom);

/** A tenant with this many devices. */
export async function addDevices(pool: Pool, count = 1): Promise<{ tenantId: Uuid; deviceIds: Uuid[] }> {
  const tenantId = id();
  const deviceIds = Array.from({ length: count }, id);
  await pool.query("insert into tenants (id) values ($1)", [tenantId]);
  await pool.query("insert into devices (id, tenant_id) select unnest($1::uuid[]), $2", [
    deviceIds,
    tenantId,
  ]);
  return { tenantId, deviceIds };
}
