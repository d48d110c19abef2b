import type { Uuid } from "@gatehouse/base";
import type { gateways } from "@gatehouse/contract";
import { sql } from "kysely";
import type { SiteGatewayDatabase } from "./tables.ts";

/** What gateways said last of their stores. */
export async function loadStates(db: SiteGatewayDatabase): Promise<Map<Uuid, gateways.GatewayQueue>> {
  const rows = await db.selectFrom("gateway_states").selectAll().execute();
  return new Map(
    rows.map(({ gateway_id, messages, bytes, dropped, at }) => [
      gateway_id,
      { messages, bytes, dropped, atMs: at.getTime() },
    ]),
  );
}

/** Nothing for a gateway that was deleted meanwhile. */
export async function saveState(
  db: SiteGatewayDatabase,
  tenantId: Uuid,
  gatewayId: Uuid,
  { messages, bytes, dropped, atMs }: gateways.GatewayQueue,
): Promise<void> {
  await sql`
    insert into gateway_states (gateway_id, tenant_id, messages, bytes, dropped, at)
    select d.id, d.tenant_id, ${messages}, ${bytes}, ${dropped}, ${new Date(atMs)} from devices d
    where d.id = ${gatewayId} and d.tenant_id = ${tenantId}
    on conflict (gateway_id) do update
    set messages = excluded.messages, bytes = excluded.bytes, dropped = excluded.dropped, at = excluded.at`.execute(
    db,
  );
}
