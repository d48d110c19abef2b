import type { Uuid } from "@gatehouse/base";
import type { Kysely } from "kysely";

export interface DemoTables {
  demo_items: { tenant_id: Uuid; kind: "site" | "rule" | "board"; item_id: Uuid };
}

/** The database or a transaction on it. */
export type DemoDatabase = Kysely<DemoTables>;
