import { type Static, Type } from "typebox";
import { endpoint } from "../endpoint.ts";
import { Done, IdParams, line, object, UnixMs, Uuid } from "../schemas.ts";
import { PermissionList } from "./schemas.ts";

const tag = "tokens";

/** Longest life of a token. */
export const TOKEN_MAX_DAYS = 366;

/** With which a program asks in the name of the person who made it: never more than that person may do now. */
export const ApiToken = object({
  id: Uuid,
  name: Type.String(),
  /** First characters, to tell tokens apart. */
  start: Type.String(),
  permissions: PermissionList,
  /** Absent: wherever its maker may. */
  sites: Type.Optional(Type.Array(Uuid)),
  madeBy: object({ id: Uuid, name: Type.String() }),
  createdMs: UnixMs,
  expiresMs: UnixMs,
  lastUsedMs: Type.Optional(UnixMs),
  revokedMs: Type.Optional(UnixMs),
});
export type ApiToken = Static<typeof ApiToken>;

export const listTokens = endpoint({
  method: "GET",
  path: "/api/v1/tokens",
  tag,
  audience: "operator",
  permission: "token.read",
  summary: "Tokens of programs, without their secrets, newest first",
  reply: object({ items: Type.Array(ApiToken) }),
});
export const createToken = endpoint({
  method: "POST",
  path: "/api/v1/tokens",
  tag,
  audience: "operator",
  permission: "token.write",
  stepUp: true,
  fourEyes: "tokens",
  summary: "A token for a program, shown once: Authorization: Bearer ghp_…",
  body: object({
    name: line(80),
    permissions: Type.Array(PermissionList.items, { minItems: 1, maxItems: 64, uniqueItems: true }),
    sites: Type.Optional(Type.Array(Uuid, { minItems: 1, maxItems: 500, uniqueItems: true })),
    expiresMs: UnixMs,
  }),
  reply: object({ token: ApiToken, secret: Type.String() }),
  status: 201,
  records: ["token.created"],
  errors: [
    "token.needs_person",
    "token.exceeds_own",
    "token.expiry_invalid",
    "site.not_found",
    "limit.reached",
  ],
});
export const revokeToken = endpoint({
  method: "DELETE",
  path: "/api/v1/tokens/:id",
  tag,
  audience: "operator",
  permission: "token.write",
  resource: { kind: "token", param: "id" },
  summary: "End a token now",
  params: IdParams,
  reply: Done,
  records: ["token.revoked"],
  errors: ["token.not_found"],
});
