export { backoffMs } from "./backoff.ts";
export {
  type ChannelEvents,
  DeviceChannel,
  type DeviceChannelParts,
  type OutgoingMessage,
} from "./device-channel.ts";
export { type Enrolment, type EnrolRequest, enrol } from "./enrol.ts";
export { type DeviceStore, encodeIdentity, type Identity, parseIdentity } from "./identity.ts";
export type { CommandJson } from "./messages.ts";
export { type ServerKeyJson, ServerKeyJson as ServerKeySchema, verifiedServerKey } from "./server-keys.ts";
export { fetchSiteKey, type SiteKeyRequest } from "./site-keys.ts";
export { httpCarrier } from "./wires/http.ts";
export { mqttCarrier } from "./wires/mqtt.ts";
export { mqttPassword } from "./wires/mqtt-password.ts";
export { webSocketCarrier } from "./wires/websocket.ts";
export type { Carrier, Receipt, Wire, WireHandlers } from "./wires/wire.ts";
