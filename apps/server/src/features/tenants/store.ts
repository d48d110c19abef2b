import type { UnixMs, Uuid } from "@gatehouse/base";
import type { TenantDatabase } from "./tables.ts";

export interface Suspension {
  readonly sinceMs: UnixMs;
  readonly reason: string;
}

export async function loadSuspensions(db: TenantDatabase): Promise<Map<Uuid, Suspension>> {
  const rows = await db.selectFrom("tenant_suspensions").selectAll().execute();
  return new Map(
    rows.map((row) => [row.tenant_id, { sinceMs: row.suspended_at.getTime(), reason: row.reason }]),
  );
}

export async function putSuspension(
  tx: TenantDatabase,
  tenantId: Uuid,
  { sinceMs, reason }: Suspension,
): Promise<void> {
  await tx
    .insertInto("tenant_suspensions")
    .values({ tenant_id: tenantId, suspended_at: new Date(sinceMs), reason })
    .onConflict((conflict) => conflict.column("tenant_id").doUpdateSet({ reason }))
    .execute();
}

export async function deleteSuspension(tx: TenantDatabase, tenantId: Uuid): Promise<void> {
  await tx.deleteFrom("tenant_suspensions").where("tenant_id", "=", tenantId).execute();
}
