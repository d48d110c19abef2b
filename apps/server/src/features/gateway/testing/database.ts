import { createTestDatabase, type TestDatabase } from "../../../platform/database/testing/index.ts";
import { mqttState } from "../migrations/001-mqtt-state.ts";
import type { GatewayTables } from "../tables.ts";

export const TENANT = "00000000-0000-7000-8000-00000000000a";
/** Devices that exist in the test database: `deviceId(0)` to `deviceId(99)`. */
export const deviceId = (n: number): string => `00000000-0000-7000-8000-${String(n).padStart(12, "0")}`;

/** The part of the other features' schema that ours refers to. */
const neighbours = {
  feature: "neighbours",
  migrations: [
    {
      id: "001-owners",
      up: `
        create table tenants (id uuid primary key);
        create table devices (id uuid primary key, tenant_id uuid not null references tenants (id));
        insert into tenants values ('${TENANT}');
        insert into devices select ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, '${TENANT}'
          from generate_series(0, 99) n;
      `,
    },
  ],
};

export const createGatewayDatabase = (): Promise<TestDatabase<GatewayTables>> =>
  createTestDatabase<GatewayTables>([neighbours, { feature: "gateway", migrations: [mqttState] }]);
