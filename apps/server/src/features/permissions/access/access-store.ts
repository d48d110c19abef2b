import type { Uuid } from "@gatehouse/base";
import type { access, Permission, Role } from "@gatehouse/contract";
import { scopeOf } from "../grants/grant-row.ts";
import type { PermissionDatabase } from "../tables.ts";

export interface StoredAccess {
  readonly roles: readonly { readonly id: Uuid; readonly permissions: readonly Permission[] }[];
  readonly main: readonly { readonly personId: Uuid; readonly everywhere: boolean }[];
  readonly grants: readonly {
    readonly personId: Uuid;
    readonly role: Role | Uuid;
    readonly scope: access.GrantScope;
  }[];
}

/** All that decides what people may do, of one organisation. */
export async function loadAccess(db: PermissionDatabase, tenantId: Uuid): Promise<StoredAccess> {
  const [roles, main, grants] = await Promise.all([
    db.selectFrom("roles").select(["id", "permissions"]).where("tenant_id", "=", tenantId).execute(),
    db.selectFrom("main_roles").selectAll().where("tenant_id", "=", tenantId).execute(),
    db.selectFrom("grants").selectAll().where("tenant_id", "=", tenantId).execute(),
  ]);
  return {
    roles: roles.map(({ id, permissions }) => ({ id, permissions: permissions as Permission[] })),
    main: main.map((row) => ({ personId: row.person_id, everywhere: row.everywhere })),
    grants: grants.map((row) => ({
      personId: row.person_id,
      role: (row.built_in ?? row.role_id) as Role | Uuid,
      scope: scopeOf(row),
    })),
  };
}
