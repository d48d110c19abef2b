import { type Static, Type } from "typebox";
import { endpoint } from "../endpoint.ts";
import { Done, IdParams, line, object, text, UnixMs, Uuid } from "../schemas.ts";
import { Failure } from "./failure.ts";
import { QuietHours } from "./quiet-hours.ts";
import { Severity } from "./rules.ts";

const secretText = Type.String({
  maxLength: 512,
  description: "Write-only: read back as an empty string; an empty string keeps what is stored",
});
const url = Type.String({ minLength: 8, maxLength: 2048, pattern: "^https?://" });
export const ChannelSettings = Type.Union([
  object({
    kind: Type.Literal("email"),
    host: line(253),
    port: Type.Integer({ minimum: 1, maximum: 65535 }),
    security: Type.Union([Type.Literal("tls"), Type.Literal("starttls"), Type.Literal("none")]),
    user: text(254),
    password: secretText,
    from: line(254),
    to: Type.Array(line(254), { minItems: 1, maxItems: 20 }),
  }),
  object({
    kind: Type.Literal("twilio"),
    baseUrl: url,
    accountSid: line(64),
    authToken: secretText,
    from: line(32),
    to: Type.Array(line(32), { minItems: 1, maxItems: 10 }),
  }),
  object({
    kind: Type.Literal("sms_gateway"),
    url,
    method: Type.Union([Type.Literal("POST"), Type.Literal("PUT")]),
    headers: Type.Record(Type.String({ maxLength: 64 }), Type.String({ maxLength: 512 }), {
      maxProperties: 10,
    }),
    bodyTemplate: text(2000),
    contentType: line(100),
    secret: secretText,
    to: Type.Array(line(32), { minItems: 1, maxItems: 10 }),
  }),
  object({ kind: Type.Literal("discord"), webhookUrl: secretText }),
  object({ kind: Type.Literal("webhook"), url, secret: secretText }),
  object({
    kind: Type.Literal("mqtt"),
    url: Type.String({ minLength: 8, maxLength: 2048, pattern: "^(mqtt|mqtts|ws|wss)://" }),
    topic: line(200),
    user: text(254),
    password: secretText,
    qos: Type.Union([Type.Literal(0), Type.Literal(1), Type.Literal(2)]),
    retain: Type.Boolean(),
  }),
  /** The browsers in which people asked to be told; of an empty list everybody who did. */
  object({
    kind: Type.Literal("web_push"),
    personIds: Type.Array(Uuid, { maxItems: 100, uniqueItems: true }),
  }),
]);
export type ChannelSettings = Static<typeof ChannelSettings>;
export type ChannelKind = ChannelSettings["kind"] | "in_app";
export const Channel = object({
  id: Uuid,
  name: Type.String(),
  enabled: Type.Boolean(),
  settings: ChannelSettings,
  minSeverity: Severity,
  /** Private and loopback addresses are refused unless the owner allows them for this channel by name. */
  allowPrivate: Type.Boolean(),
  dailyCap: Type.Integer(),
  quietHours: Type.Optional(QuietHours),
  sentToday: Type.Integer(),
  health: Type.Union([Type.Literal("untested"), Type.Literal("ok"), Type.Literal("failing")]),
  lastError: Type.Optional(Failure),
  lastOkMs: Type.Optional(UnixMs),
  updatedMs: UnixMs,
});
export type Channel = Static<typeof Channel>;
const channelBody = {
  name: line(120),
  enabled: Type.Boolean(),
  settings: ChannelSettings,
  minSeverity: Severity,
  allowPrivate: Type.Boolean(),
  dailyCap: Type.Integer({ minimum: 1, maximum: 10_000 }),
  quietHours: Type.Optional(QuietHours),
};
export const ChannelBody = object(channelBody);
export type ChannelBody = Static<typeof ChannelBody>;

export const listChannels = endpoint({
  method: "GET",
  path: "/api/v1/channels",
  tag: "notifications",
  audience: "operator",
  permission: "channel.read",
  summary: "Where alerts are sent",
  reply: object({ items: Type.Array(Channel) }),
});
export const createChannel = endpoint({
  method: "POST",
  path: "/api/v1/channels",
  tag: "notifications",
  audience: "operator",
  permission: "channel.write",
  records: ["notification_channel.created"],
  summary: "Add a channel",
  body: ChannelBody,
  reply: Channel,
  status: 201,
  errors: ["channel.invalid", "url.forbidden", "limit.reached"],
});
export const updateChannel = endpoint({
  method: "PUT",
  path: "/api/v1/channels/:id",
  tag: "notifications",
  audience: "operator",
  permission: "channel.write",
  resource: { kind: "notification_channel", param: "id" },
  records: ["notification_channel.changed"],
  summary: "Change a channel; empty secrets keep what is stored",
  params: IdParams,
  body: ChannelBody,
  reply: Channel,
  errors: ["channel.not_found", "channel.invalid", "secret.required", "url.forbidden"],
});
export const deleteChannel = endpoint({
  method: "DELETE",
  path: "/api/v1/channels/:id",
  tag: "notifications",
  audience: "operator",
  permission: "channel.write",
  resource: { kind: "notification_channel", param: "id" },
  records: ["notification_channel.removed"],
  summary: "Delete a channel",
  params: IdParams,
  reply: Done,
  errors: ["channel.not_found"],
});
export const testChannel = endpoint({
  method: "POST",
  path: "/api/v1/channels/:id/test",
  tag: "notifications",
  audience: "operator",
  permission: "channel.write",
  resource: { kind: "notification_channel", param: "id" },
  records: ["notification_channel.tested"],
  summary: "Send a test message now and say what happened",
  params: IdParams,
  body: object({}),
  reply: object({ ok: Type.Boolean(), failure: Type.Optional(Failure) }),
  errors: ["channel.not_found"],
  perMinute: 20,
});
