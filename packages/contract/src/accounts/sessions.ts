import { type Static, Type } from "typebox";
import { endpoint } from "../endpoint.ts";
import { Done, IdParams, object, UnixMs, Uuid } from "../schemas.ts";
import { Me } from "./me.ts";

export const Session = object({
  id: Uuid,
  current: Type.Boolean(),
  personId: Uuid,
  personName: Type.String(),
  client: Type.String({ description: "Browser and system, from the User-Agent" }),
  address: Type.Optional(Type.String({ description: "Of its last use; no place is guessed from it" })),
  createdMs: UnixMs,
  lastUsedMs: UnixMs,
  expiresMs: UnixMs,
});
export type Session = Static<typeof Session>;

export const refresh = endpoint({
  method: "POST",
  path: "/api/v1/auth/refresh",
  tag: "people",
  audience: "public",
  perMinute: 120,
  summary: "Rotate the refresh cookie and get a new access cookie",
  reply: Me,
  errors: ["auth.session_ended"],
  unrecorded: "the same session goes on; a secret used twice is recorded as session.theft_suspected",
});
export const logout = endpoint({
  method: "POST",
  path: "/api/v1/auth/logout",
  tag: "people",
  audience: "public",
  summary: "End this session",
  reply: Done,
  unrecorded: "session.ended is written when there was a session",
});
export const listSessions = endpoint({
  method: "GET",
  path: "/api/v1/sessions",
  tag: "people",
  audience: "operator",
  permission: "self",
  summary: "One's own live sessions, at most fifty",
  reply: object({ items: Type.Array(Session) }),
});
export const endSession = endpoint({
  method: "DELETE",
  path: "/api/v1/sessions/:id",
  tag: "people",
  audience: "operator",
  permission: "self",
  summary: "End one of one's own sessions",
  params: IdParams,
  reply: Done,
  errors: ["account.not_found", "auth.step_up_required"],
  records: ["session.ended"],
});
export const endOtherSessions = endpoint({
  method: "DELETE",
  path: "/api/v1/sessions",
  tag: "people",
  audience: "operator",
  permission: "self",
  summary: "End all of one's own sessions but this one",
  reply: object({ ended: Type.Integer() }),
  errors: ["auth.step_up_required"],
  unrecorded: "session.ended is written for each one that was live",
});
export const endEverySession = endpoint({
  method: "DELETE",
  path: "/api/v1/sessions/every",
  tag: "people",
  audience: "operator",
  permission: "self",
  summary: "End all of one's own sessions, this one too",
  reply: object({ ended: Type.Integer() }),
  errors: ["auth.step_up_required"],
  records: ["session.ended"],
});
