import { type Static, Type } from "typebox";
import { endpoint } from "../endpoint.ts";
import { Done, IdParams, line, object, text, UnixMs } from "../schemas.ts";
import { PermissionList, RoleRef } from "./schemas.ts";

const tag = "roles";

export const RoleInfo = object({
  ref: RoleRef,
  builtIn: Type.Boolean(),
  /** Of an own role; built-in ones are named by the console in the reader's language. */
  name: Type.Optional(Type.String()),
  description: Type.Optional(Type.String()),
  permissions: PermissionList,
  /** People who hold it, as their main role or by a grant. */
  people: Type.Integer(),
  /** Whether the asker may give it to somebody for the whole organisation. */
  grantable: Type.Boolean(),
  updatedMs: Type.Optional(UnixMs),
});
export type RoleInfo = Static<typeof RoleInfo>;

export const listRoles = endpoint({
  method: "GET",
  path: "/api/v1/roles",
  tag,
  audience: "operator",
  permission: "role.read",
  summary: "Built-in roles and the organisation's own",
  reply: object({ items: Type.Array(RoleInfo) }),
});

const roleBody = { name: line(60), description: Type.Optional(text(200)), permissions: PermissionList };

export const createRole = endpoint({
  method: "POST",
  path: "/api/v1/roles",
  tag,
  audience: "operator",
  permission: "role.write",
  stepUp: true,
  fourEyes: "permissions",
  summary: "Add a role; it can hold nothing that its maker may not do",
  body: object(roleBody),
  reply: RoleInfo,
  status: 201,
  records: ["role.created"],
  errors: ["role.name_taken", "role.exceeds_own", "limit.reached"],
});
export const updateRole = endpoint({
  method: "PUT",
  path: "/api/v1/roles/:id",
  tag,
  audience: "operator",
  permission: "role.write",
  resource: { kind: "role", param: "id" },
  stepUp: true,
  fourEyes: "permissions",
  summary: "Change a role; whoever holds it follows within a second",
  params: IdParams,
  body: object({ ...roleBody, updatedMs: UnixMs }),
  reply: RoleInfo,
  records: ["role.changed"],
  errors: ["role.not_found", "role.name_taken", "role.exceeds_own", "request.conflict"],
});
export const removeRole = endpoint({
  method: "DELETE",
  path: "/api/v1/roles/:id",
  tag,
  audience: "operator",
  permission: "role.write",
  resource: { kind: "role", param: "id" },
  stepUp: true,
  fourEyes: "permissions",
  summary: "Remove a role that nobody holds",
  params: IdParams,
  reply: Done,
  records: ["role.removed"],
  errors: ["role.not_found", "role.in_use"],
});
