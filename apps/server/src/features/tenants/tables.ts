import type { Uuid } from "@gatehouse/base";
import type { Kysely } from "kysely";

export interface TenantTables {
  tenant_suspensions: { tenant_id: Uuid; suspended_at: Date; reason: string };
}

/** The database or a transaction on it. */
export type TenantDatabase = Kysely<TenantTables>;
