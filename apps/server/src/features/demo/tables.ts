import type { Uuid } from "@gatehouse/base";

export interface DemoTables {
  demo_items: { tenant_id: Uuid; kind: "site" | "rule" | "board"; item_id: Uuid };
}
