import { type Static, Type } from "typebox";
import { endpoint } from "../endpoint.ts";
import { Done, IdParams, object, page, QueryInt, UnixMs, Uuid } from "../schemas.ts";
import { AccessView, GrantScopeSchema, RoleName, RoleRef } from "./schemas.ts";

const tag = "roles";

/** A role for one person, in the whole organisation, at a site, or on a device. */
export const Grant = object({
  id: Uuid,
  personId: Uuid,
  personName: Type.String(),
  role: RoleRef,
  roleName: Type.Optional(Type.String({ description: "Of an own role" })),
  scope: GrantScopeSchema,
  /** Name of the site or device. */
  scopeName: Type.Optional(Type.String()),
  grantedMs: UnixMs,
  grantedBy: Type.String(),
});
export type Grant = Static<typeof Grant>;

export const PersonAccess = object({
  personId: Uuid,
  mainRole: RoleName,
  /** False: the main role gives nothing by itself; what the person may do is in the grants. */
  everywhere: Type.Boolean(),
  grants: Type.Array(Grant),
  /** All of it taken together. */
  effective: AccessView,
});
export type PersonAccess = Static<typeof PersonAccess>;

const person = { kind: "person", param: "id" } as const;

export const getPersonAccess = endpoint({
  method: "GET",
  path: "/api/v1/people/:id/access",
  tag,
  audience: "operator",
  permission: "role.read",
  resource: person,
  summary: "What a person may do, where, and by which roles",
  params: IdParams,
  reply: PersonAccess,
  errors: ["account.not_found"],
});
export const setMainRole = endpoint({
  method: "PUT",
  path: "/api/v1/people/:id/role",
  tag,
  audience: "operator",
  permission: "role.write",
  resource: person,
  stepUp: true,
  fourEyes: "permissions",
  summary: "A person's main role, and whether it holds in the whole organisation",
  params: IdParams,
  body: object({ role: RoleName, everywhere: Type.Boolean() }),
  reply: PersonAccess,
  records: ["permission.granted"],
  errors: ["account.not_found", "role.exceeds_own", "account.own", "account.last_owner"],
});
export const addGrant = endpoint({
  method: "POST",
  path: "/api/v1/people/:id/grants",
  tag,
  audience: "operator",
  permission: "role.write",
  resource: person,
  stepUp: true,
  fourEyes: "permissions",
  summary: "Give a person a role in the whole organisation, at a site or on a device",
  params: IdParams,
  body: object({ role: RoleRef, scope: GrantScopeSchema }),
  reply: Grant,
  status: 201,
  records: ["permission.granted"],
  errors: [
    "account.not_found",
    "role.not_found",
    "role.exceeds_own",
    "account.own",
    "grant.exists",
    "site.not_found",
    "device.not_found",
    "limit.reached",
  ],
});
export const removeGrant = endpoint({
  method: "DELETE",
  path: "/api/v1/people/:id/grants/:grantId",
  tag,
  audience: "operator",
  permission: "role.write",
  resource: person,
  stepUp: true,
  fourEyes: "permissions",
  summary: "Take a role back; the person's open connections follow within a second",
  params: object({ id: Uuid, grantId: Uuid }),
  reply: Done,
  records: ["permission.withdrawn"],
  errors: ["account.not_found", "grant.not_found", "role.exceeds_own", "account.own", "account.last_owner"],
});
export const listGrants = endpoint({
  method: "GET",
  path: "/api/v1/grants",
  tag,
  audience: "operator",
  permission: "role.read",
  summary: "Who was given which role where, newest first",
  query: object({
    person: Type.Optional(Uuid),
    site: Type.Optional(Uuid),
    device: Type.Optional(Uuid),
    role: Type.Optional(RoleRef),
    offset: Type.Optional(QueryInt),
    limit: Type.Optional(Type.String({ pattern: "^[0-9]{1,3}$" })),
  }),
  reply: page(Grant),
});
