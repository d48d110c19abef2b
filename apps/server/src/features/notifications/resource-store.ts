import type { Uuid } from "@gatehouse/base";
import type { Resources } from "../../platform/http/resources.ts";
import type { NotificationDatabase } from "./tables.ts";

const TABLES = { notification_channel: "channels", delivery: "deliveries" } as const;

/** Channels and messages belong to the organisation as a whole. */
export function notificationResources(db: NotificationDatabase): Resources {
  const finder = (table: (typeof TABLES)[keyof typeof TABLES]) => async (id: Uuid) => {
    const row = await db.selectFrom(table).select("tenant_id").where("id", "=", id).executeTakeFirst();
    return row && { tenantId: row.tenant_id };
  };
  return {
    notification_channel: finder(TABLES.notification_channel),
    delivery: finder(TABLES.delivery),
  };
}
