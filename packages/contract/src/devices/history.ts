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
});
export type Refusal = Static<typeof Refusal>;
export const DeviceLogEntry = object({
  id: Type.String(),
  tsMs: UnixMs,
  kind: Type.String({ description: "log, event, connect, disconnect, refusal, command, credential" }),
  level: Type.String(),
  message: Type.String(),
  data: Type.Optional(Type.Unknown()),
});
export type DeviceLogEntry = Static<typeof DeviceLogEntry>;

export const listRefusals = endpoint({
  method: "GET",
  path: "/api/v1/devices/:id/refusals",
  tag: "devices",
  audience: "operator",
  permission: "device.read",
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
