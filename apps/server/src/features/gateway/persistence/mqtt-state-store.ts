import { sql } from "kysely";
import type { GatewayDatabase, MqttStateTable } from "../tables.ts";

export type StateKind = MqttStateTable["kind"];

/** One remembered item; `value` is what JSON can hold of it. */
export interface StateItem {
  readonly kind: StateKind;
  readonly key: string;
  readonly tenantId: string;
  readonly deviceId: string;
  readonly value: Readonly<Record<string, unknown>>;
  readonly payload: Uint8Array | undefined;
}

export type StateName = Pick<StateItem, "kind" | "key">;

/** Spans tenants: it is the broker's own memory, and every item names its tenant. */
export class MqttStateStore {
  readonly #db: GatewayDatabase;

  constructor(db: GatewayDatabase) {
    this.#db = db;
  }

  async load(): Promise<StateItem[]> {
    const rows = await this.#db.selectFrom("mqtt_state").selectAll().execute();
    return rows.map((row) => ({
      kind: row.kind,
      key: row.key,
      tenantId: row.tenant_id,
      deviceId: row.device_id,
      value: row.value as Record<string, unknown>,
      payload: row.payload ?? undefined,
    }));
  }

  /** One transaction. Items of a device that is gone in the meantime are left out. */
  async write(puts: readonly StateItem[], removes: readonly StateName[]): Promise<void> {
    await this.#db.transaction().execute(async (tx) => {
      if (removes.length > 0) {
        await sql`
          delete from mqtt_state using unnest(
            ${removes.map((item) => item.kind)}::text[],
            ${removes.map((item) => item.key)}::text[]
          ) as gone (kind, key)
          where mqtt_state.kind = gone.kind and mqtt_state.key = gone.key
        `.execute(tx);
      }
      if (puts.length > 0) {
        await sql`
          insert into mqtt_state (kind, key, tenant_id, device_id, value, payload)
          select item.kind, item.key, item.tenant_id, item.device_id, item.value::jsonb, item.payload
          from unnest(
            ${puts.map((item) => item.kind)}::text[],
            ${puts.map((item) => item.key)}::text[],
            ${puts.map((item) => item.tenantId)}::uuid[],
            ${puts.map((item) => item.deviceId)}::uuid[],
            ${puts.map((item) => JSON.stringify(item.value))}::text[],
            ${puts.map((item) => (item.payload === undefined ? null : Buffer.from(item.payload)))}::bytea[]
          ) as item (kind, key, tenant_id, device_id, value, payload)
          join devices on devices.id = item.device_id
          on conflict (kind, key) do update set
            tenant_id = excluded.tenant_id, device_id = excluded.device_id,
            value = excluded.value, payload = excluded.payload
        `.execute(tx);
      }
    });
  }
}
