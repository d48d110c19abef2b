import { type Static, Type } from "typebox";
import { endpoint } from "../endpoint.ts";
import { IdParams, MetricKey, object, QueryInt, stream, text, UnixMs, Uuid } from "../schemas.ts";

export const CommandState = Type.Union([
  Type.Literal("queued"),
  Type.Literal("delivered"),
  Type.Literal("acknowledged"),
  Type.Literal("failed"),
  Type.Literal("expired"),
]);
export type CommandState = Static<typeof CommandState>;
const CommandParams = Type.Record(
  Type.String({ maxLength: 64 }),
  Type.Union([Type.String({ maxLength: 1024 }), Type.Number(), Type.Boolean()]),
  { maxProperties: 16 },
);
export const Command = object({
  id: Uuid,
  deviceId: Uuid,
  key: Type.String(),
  params: CommandParams,
  state: CommandState,
  createdMs: UnixMs,
  expiresMs: UnixMs,
  deliveredMs: Type.Optional(UnixMs),
  endedMs: Type.Optional(UnixMs),
  reason: Type.Optional(Type.String()),
  byName: Type.String(),
});
export type Command = Static<typeof Command>;

export const sendCommand = endpoint({
  method: "POST",
  path: "/api/v1/devices/:id/commands",
  tag: "devices",
  audience: "operator",
  permission: "device.command",
  resource: { kind: "device", param: "id" },
  records: ["device.commanded"],
  summary: "Send a command down to the device",
  params: IdParams,
  body: object({
    key: MetricKey,
    params: CommandParams,
    ttlMs: Type.Optional(Type.Integer({ minimum: 1000, maximum: 604_800_000 })),
  }),
  reply: Command,
  status: 201,
  errors: ["device.not_found", "device.revoked", "device.command_unknown", "limit.reached"],
});
export const listCommands = endpoint({
  method: "GET",
  path: "/api/v1/devices/:id/commands",
  tag: "devices",
  audience: "operator",
  permission: "device.read",
  resource: { kind: "device", param: "id" },
  summary: "Commands, newest first",
  params: IdParams,
  query: object({
    limit: Type.Optional(Type.String({ pattern: "^[0-9]{1,3}$" })),
    before: Type.Optional(QueryInt),
  }),
  reply: stream(Command),
  errors: ["device.not_found"],
});
/** For devices that cannot hold a connection open: wait here for a command. Handing it over counts as delivered. */
export const nextCommand = endpoint({
  method: "GET",
  path: "/api/v1/commands/next",
  tag: "device side",
  audience: "device",
  summary: "Oldest waiting command; waits up to 25 s for one, answers without it otherwise",
  query: object({ waitMs: Type.Optional(Type.String({ pattern: "^[0-9]{1,5}$" })) }),
  reply: object({ command: Type.Optional(Command) }),
  errors: ["device.credentials_invalid", "server.stopping"],
});
export const answerCommand = endpoint({
  method: "POST",
  path: "/api/v1/commands/:id/answer",
  tag: "device side",
  audience: "device",
  unrecorded: "the answer is kept with the command, whose sending is recorded",
  summary: "Say whether a command was obeyed; answers the state it is in now",
  params: IdParams,
  body: object({ ok: Type.Boolean(), reason: Type.Optional(text(200)) }),
  reply: object({ state: CommandState }),
  errors: ["device.command_not_found", "device.credentials_invalid"],
});
