import type { Uuid } from "@gatehouse/base";
import type { GrantRow, PermissionDatabase } from "../tables.ts";
import { isBuiltIn } from "./grant-row.ts";

export const GRANT_ONCE = "grants_once";

export interface GrantFilter {
  readonly person?: Uuid | undefined;
  readonly site?: Uuid | undefined;
  readonly device?: Uuid | undefined;
  readonly role?: string | undefined;
}

export interface NamedGrant extends GrantRow {
  readonly role_name: string | null;
}

/** Who was given which role where, in one organisation. */
export class GrantStore {
  readonly #db: PermissionDatabase;
  readonly #tenantId: Uuid;

  constructor(db: PermissionDatabase, tenantId: Uuid) {
    this.#db = db;
    this.#tenantId = tenantId;
  }

  /** Newest first. */
  async list(
    filter: GrantFilter,
    page: { readonly offset: number; readonly limit: number },
  ): Promise<{ items: NamedGrant[]; total: number }> {
    const rows = this.#matching(filter);
    const { total } = await rows
      .select(({ fn }) => fn.countAll<number>().as("total"))
      .executeTakeFirstOrThrow();
    const items = await rows
      .selectAll("g")
      .select("r.name as role_name")
      .orderBy("g.seq", "desc")
      .offset(page.offset)
      .limit(page.limit)
      .execute();
    return { items, total };
  }

  async find(personId: Uuid, grantId: Uuid): Promise<GrantRow | undefined> {
    return this.#db
      .selectFrom("grants")
      .selectAll()
      .where("tenant_id", "=", this.#tenantId)
      .where("person_id", "=", personId)
      .where("id", "=", grantId)
      .executeTakeFirst();
  }

  async insert(grant: Omit<GrantRow, "tenant_id" | "seq">): Promise<void> {
    await this.#db
      .insertInto("grants")
      .values({ ...grant, tenant_id: this.#tenantId })
      .execute();
  }

  async remove(personId: Uuid, grantId: Uuid): Promise<boolean> {
    const { numDeletedRows } = await this.#db
      .deleteFrom("grants")
      .where("tenant_id", "=", this.#tenantId)
      .where("person_id", "=", personId)
      .where("id", "=", grantId)
      .executeTakeFirst();
    return numDeletedRows === 1n;
  }

  async setEverywhere(personId: Uuid, everywhere: boolean): Promise<void> {
    await this.#db
      .insertInto("main_roles")
      .values({ person_id: personId, tenant_id: this.#tenantId, everywhere })
      .onConflict((conflict) => conflict.column("person_id").doUpdateSet({ everywhere }))
      .execute();
  }

  #matching({ person, site, device, role }: GrantFilter) {
    return this.#db
      .selectFrom("grants as g")
      .leftJoin("roles as r", "r.id", "g.role_id")
      .where("g.tenant_id", "=", this.#tenantId)
      .$if(person !== undefined, (query) => query.where("g.person_id", "=", person as Uuid))
      .$if(site !== undefined, (query) => query.where("g.site_id", "=", site as Uuid))
      .$if(device !== undefined, (query) => query.where("g.device_id", "=", device as Uuid))
      .$if(role !== undefined, (query) =>
        isBuiltIn(role as string)
          ? query.where("g.built_in", "=", role as never)
          : query.where("g.role_id", "=", role as Uuid),
      );
  }
}
