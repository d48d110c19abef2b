import type { Uuid } from "@gatehouse/base";
import type { AnyDatabase } from "../../platform/database/index.ts";
import { scopeOf } from "./grants/grant-row.ts";
import type { PermissionDatabase } from "./tables.ts";

interface PersonKey {
  readonly tenantId: Uuid;
  readonly personId: Uuid;
}

/** What is held here about a person: their roles, their programs' tokens, what they asked and decided. */
export const personalData = (db: PermissionDatabase) => ({
  name: "permissions",

  async *read({ tenantId, personId }: PersonKey): AsyncIterable<unknown> {
    const grants = await db
      .selectFrom("grants")
      .selectAll()
      .where("tenant_id", "=", tenantId)
      .where("person_id", "=", personId)
      .execute();
    for (const row of grants)
      yield {
        grant: row.built_in ?? row.role_id,
        scope: scopeOf(row),
        at: row.granted_at,
        by: row.granted_by,
      };
    const tokens = await db
      .selectFrom("api_tokens")
      .select(["name", "permissions", "created_at", "expires_at", "last_used_at", "revoked_at"])
      .where("tenant_id", "=", tenantId)
      .where("person_id", "=", personId)
      .execute();
    for (const token of tokens) yield { token };
    const approvals = await db
      .selectFrom("approvals")
      .select(["act", "route", "state", "requested_at", "decided_at", "reason"])
      .where("tenant_id", "=", tenantId)
      .where((where) => where.or([where("person_id", "=", personId), where("decided_by", "=", personId)]))
      .execute();
    for (const approval of approvals) yield { approval };
  },

  /** Roles and tokens end. That an act was asked for and decided stays, without the name. */
  async erase(tx: AnyDatabase, { tenantId, personId }: PersonKey): Promise<readonly string[]> {
    const own = tx as PermissionDatabase;
    for (const table of ["grants", "main_roles", "api_tokens"] as const)
      await own
        .deleteFrom(table)
        .where("tenant_id", "=", tenantId)
        .where("person_id", "=", personId)
        .execute();
    await own
      .updateTable("approvals")
      .set({ person_name: "", state: "withdrawn" })
      .where("tenant_id", "=", tenantId)
      .where("person_id", "=", personId)
      .where("state", "=", "waiting")
      .execute();
    await own
      .updateTable("approvals")
      .set({ person_name: "", reply: null })
      .where("tenant_id", "=", tenantId)
      .where("person_id", "=", personId)
      .execute();
    await own
      .updateTable("approvals")
      .set({ decided_by_name: "" })
      .where("tenant_id", "=", tenantId)
      .where("decided_by", "=", personId)
      .execute();
    return [];
  },
});
