import type { FeatureMigrations } from "../../platform/feature.ts";
import { mqttState } from "./migrations/001-mqtt-state.ts";

export {
  createGateway,
  type GatewayFeature,
  type GatewayParts,
  type GatewayStats,
  type MqttSettings,
} from "./gateway.ts";
export type { BridgedDevices } from "./home-assistant/bridge.ts";
export type * from "./ports.ts";
export type { GatewayTables } from "./tables.ts";
export { MQTT_WEBSOCKET_PATH } from "./websocket.ts";

export const gatewayMigrations: FeatureMigrations = { feature: "gateway", migrations: [mqttState] };
