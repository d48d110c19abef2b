import { type Static, Type } from "typebox";
import { endpoint } from "../endpoint.ts";
import { IdParams, object, QueryInt, stream, text, UnixMs, Word } from "../schemas.ts";

export const Refusal = object({
  code: Type.String(),
  via: Type.String(),
  count: Type.Integer(),
  firstMs: UnixMs,
  lastMs: UnixMs,
  detail: Type.Optional(Type.String()),
  unproven: Type.Optional(
    Type.Literal(true, {
      description: "The messages name the device, and anybody could have sent them: not counted in `refused`",
    }),
  ),
});
export type Refusal = Static<typeof Refusal>;
/** What a line of our own says; its parameters are in `data`, and the console has the words in every language. */
export const LogCode = Type.Union([
  Type.Literal("connected"),
  Type.Literal("disconnected"),
  Type.Literal("reconnects_held"),
  Type.Literal("refused"),
  Type.Literal("refused_held"),
  Type.Literal("login_refused"),
  Type.Literal("login_unproven"),
  Type.Literal("device_added"),
  Type.Literal("device_announced"),
  Type.Literal("device_renamed"),
  Type.Literal("device_revoked"),
  Type.Literal("device_reinstated"),
  Type.Literal("key_rotated"),
  Type.Literal("credential_revoked"),
  Type.Literal("certificate_issued"),
  Type.Literal("topics_granted"),
  Type.Literal("claim_made"),
  Type.Literal("claim_printed"),
  Type.Literal("claim_used"),
  Type.Literal("keys_enrolled"),
  Type.Literal("keys_changed"),
  Type.Literal("channel_key_revoked"),
  Type.Literal("channel_key_ended"),
  Type.Literal("channel_key_cloned"),
  Type.Literal("pin_reset"),
  Type.Literal("channel_exempted"),
  Type.Literal("channel_exemption_ended"),
  Type.Literal("quarantined"),
  Type.Literal("quarantine_suggested"),
  Type.Literal("quarantine_released"),
  Type.Literal("behaviour_learned"),
  Type.Literal("held_released"),
  Type.Literal("held_discarded"),
  Type.Literal("gateway_assigned"),
  Type.Literal("gateway_unassigned"),
  Type.Literal("settings_changed"),
  Type.Literal("settings_restored"),
  Type.Literal("settings_applied"),
  Type.Literal("settings_refused"),
  Type.Literal("command"),
]);
export type LogCode = Static<typeof LogCode>;
export const DeviceLogEntry = object({
  id: Type.String(),
  tsMs: UnixMs,
  kind: Type.String({ description: "log, event, connect, disconnect, refusal, command, credential" }),
  level: Type.String(),
  message: Type.String({ description: "As the device sent it; a line of our own in English" }),
  code: Type.Optional(LogCode),
  data: Type.Optional(Type.Unknown()),
});
export type DeviceLogEntry = Static<typeof DeviceLogEntry>;

export const listRefusals = endpoint({
  method: "GET",
  path: "/api/v1/devices/:id/refusals",
  tag: "devices",
  audience: "operator",
  permission: "device.read",
  resource: { kind: "device", param: "id" },
  summary: "What was refused from this device in the last 24 h, by reason",
  params: IdParams,
  reply: object({ items: Type.Array(Refusal), refused: Type.Integer(), accepted: Type.Integer() }),
  errors: ["device.not_found"],
});
export const listDeviceLog = endpoint({
  method: "GET",
  path: "/api/v1/devices/:id/log",
  tag: "devices",
  audience: "operator",
  permission: "device.read",
  resource: { kind: "device", param: "id" },
  summary: "Log, newest first",
  params: IdParams,
  query: object({
    before: Type.Optional(QueryInt),
    limit: Type.Optional(Type.String({ pattern: "^[0-9]{1,3}$" })),
    q: Type.Optional(text(100)),
    kind: Type.Optional(Word),
  }),
  reply: stream(DeviceLogEntry),
  errors: ["device.not_found"],
});
