import type { Kysely } from "kysely";

/** What the broker must remember over a restart, one row an item. Read whole at start, never queried. */
export interface MqttStateTable {
  kind: "retained" | "subscription" | "outgoing" | "incoming" | "will";
  /** JSON array that names the item: the topic, or the client id and what tells its items apart. */
  key: string;
  tenant_id: string;
  /** Whose it is; goes with the device. */
  device_id: string;
  /** Everything but the payload. */
  value: unknown;
  payload: Uint8Array | null;
}

export interface GatewayTables {
  mqtt_state: MqttStateTable;
}

/** The database or a transaction on it. */
export type GatewayDatabase = Kysely<GatewayTables>;
