import { type Static, Type } from "typebox";
import { endpoint } from "../endpoint.ts";
import { object, stream, text, UnixMs } from "../schemas.ts";

export const AccessEntry = object({
  id: Type.String(),
  atMs: UnixMs,
  kind: Type.String({
    description: "setup, login, logout, refresh_reuse, session_ended, password_changed, …",
  }),
  outcome: Type.Union([Type.Literal("ok"), Type.Literal("refused")]),
  reason: Type.Optional(Type.String()),
  personName: Type.Optional(Type.String()),
  email: Type.Optional(Type.String()),
  address: Type.String(),
  client: Type.String(),
});
export type AccessEntry = Static<typeof AccessEntry>;

export const listAccessLog = endpoint({
  method: "GET",
  path: "/api/v1/access-log",
  tag: "people",
  audience: "operator",
  permission: "access_log.read",
  summary: "Log-ins and session ends, good and bad, newest first",
  query: object({
    before: Type.Optional(Type.String({ pattern: "^[0-9]{1,18}$" })),
    limit: Type.Optional(Type.String({ pattern: "^[0-9]{1,3}$" })),
    outcome: Type.Optional(Type.Union([Type.Literal("ok"), Type.Literal("refused")])),
    kind: Type.Optional(Type.String({ pattern: "^[a-z_]{1,40}$" })),
    q: Type.Optional(text(100)),
  }),
  reply: stream(AccessEntry),
});
