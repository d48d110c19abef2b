import type { Uuid } from "@gatehouse/base";
import { sql } from "kysely";
import type { DevicesDatabase } from "../tables.ts";

export interface Assignment {
  readonly deviceId: Uuid;
  readonly gatewayId: Uuid;
}

export async function loadAssignments(db: DevicesDatabase): Promise<Assignment[]> {
  const rows = await db
    .selectFrom("devices")
    .select(["id", "gateway_id"])
    .where("gateway_id", "is not", null)
    .execute();
  return rows.map((row) => ({ deviceId: row.id, gatewayId: row.gateway_id as Uuid }));
}

/** In one statement: all of them or none. Answers how many of the tenant's devices were found. */
export async function writeAssignments(
  db: DevicesDatabase,
  tenantId: Uuid,
  deviceIds: readonly Uuid[],
  gatewayId: Uuid | undefined,
): Promise<number> {
  const result = await db
    .updateTable("devices")
    .set({ gateway_id: gatewayId ?? null })
    .where("tenant_id", "=", tenantId)
    .where(sql<boolean>`id = any(${deviceIds}::uuid[])`)
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
}
