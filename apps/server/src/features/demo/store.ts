import type { Uuid } from "@gatehouse/base";
import type { DemoDatabase, DemoTables } from "./tables.ts";

export type DemoItem = Pick<DemoTables["demo_items"], "kind" | "item_id">;

/** What the demo site of one tenant is made of. */
export class DemoStore {
  readonly #db: DemoDatabase;

  constructor(db: DemoDatabase) {
    this.#db = db;
  }

  list(tenantId: Uuid): Promise<DemoItem[]> {
    return this.#db
      .selectFrom("demo_items")
      .select(["kind", "item_id"])
      .where("tenant_id", "=", tenantId)
      .execute();
  }

  async add(tenantId: Uuid, kind: DemoItem["kind"], itemId: Uuid): Promise<void> {
    await this.#db.insertInto("demo_items").values({ tenant_id: tenantId, kind, item_id: itemId }).execute();
  }

  async clear(tenantId: Uuid): Promise<void> {
    await this.#db.deleteFrom("demo_items").where("tenant_id", "=", tenantId).execute();
  }

  transaction<T>(act: (tx: DemoDatabase) => Promise<T>): Promise<T> {
    return this.#db.transaction().execute(act);
  }

  async tenants(): Promise<Uuid[]> {
    const rows = await this.#db.selectFrom("demo_items").select("tenant_id").distinct().execute();
    return rows.map((row) => row.tenant_id);
  }
}
