import type { Uuid } from "@gatehouse/base";
import type { PermissionDatabase, RoleRow } from "../tables.ts";

export const ROLE_NAME_UNIQUE = "roles_name_unique";
export const GRANTS_ROLE = "grants_role";

/** The organisation's own roles. */
export class RoleStore {
  readonly #db: PermissionDatabase;
  readonly #tenantId: Uuid;

  constructor(db: PermissionDatabase, tenantId: Uuid) {
    this.#db = db;
    this.#tenantId = tenantId;
  }

  list(): Promise<RoleRow[]> {
    return this.#db
      .selectFrom("roles")
      .selectAll()
      .where("tenant_id", "=", this.#tenantId)
      .orderBy("name_key")
      .execute();
  }

  find(id: Uuid): Promise<RoleRow | undefined> {
    return this.#db
      .selectFrom("roles")
      .selectAll()
      .where("tenant_id", "=", this.#tenantId)
      .where("id", "=", id)
      .executeTakeFirst();
  }

  async insert(role: Omit<RoleRow, "tenant_id">): Promise<void> {
    await this.#db
      .insertInto("roles")
      .values({ ...role, tenant_id: this.#tenantId })
      .execute();
  }

  /** False when it is not the version that was read. */
  async replace(role: Omit<RoleRow, "tenant_id">, read: Date): Promise<boolean> {
    const { id, ...fields } = role;
    const { numUpdatedRows } = await this.#db
      .updateTable("roles")
      .set(fields)
      .where("tenant_id", "=", this.#tenantId)
      .where("id", "=", id)
      .where("updated_at", "=", read)
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  async remove(id: Uuid): Promise<boolean> {
    const { numDeletedRows } = await this.#db
      .deleteFrom("roles")
      .where("tenant_id", "=", this.#tenantId)
      .where("id", "=", id)
      .executeTakeFirst();
    return numDeletedRows === 1n;
  }

  /** Different people by role that was granted to them, built-in or own. */
  async holders(): Promise<ReadonlyMap<string, ReadonlySet<Uuid>>> {
    const rows = await this.#db
      .selectFrom("grants")
      .select(["person_id", "built_in", "role_id"])
      .where("tenant_id", "=", this.#tenantId)
      .execute();
    const found = new Map<string, Set<Uuid>>();
    for (const row of rows) {
      const ref = (row.built_in ?? row.role_id) as string;
      found.set(ref, (found.get(ref) ?? new Set()).add(row.person_id));
    }
    return found;
  }
}

/** Whose a role is. */
export async function findRoleTenant(db: PermissionDatabase, id: Uuid): Promise<Uuid | undefined> {
  return (await db.selectFrom("roles").select("tenant_id").where("id", "=", id).executeTakeFirst())
    ?.tenant_id;
}
