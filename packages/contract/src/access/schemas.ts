import { type Static, Type } from "typebox";
import { PERMISSIONS, type Permission, ROLE_NAMES, type Role } from "../permissions.ts";
import { object, Uuid } from "../schemas.ts";
import type { Access, Reach } from "./reach.ts";

export const RoleName = Type.Unsafe<Role>(Type.Union(ROLE_NAMES.map((role) => Type.Literal(role))));
export const PermissionName = Type.Unsafe<Permission>(
  Type.Union(PERMISSIONS.map((permission) => Type.Literal(permission))),
);
/** Permissions, each once. */
export const PermissionList = Type.Array(PermissionName, {
  maxItems: PERMISSIONS.length,
  uniqueItems: true,
});

/** A built-in role by its name, one of the organisation's own by its id. */
export const RoleRef = Type.Union([RoleName, Uuid]);
export type RoleRef = Static<typeof RoleRef>;

/** Where a role holds. */
export const GrantScopeSchema = Type.Union([
  object({ kind: Type.Literal("tenant") }),
  object({ kind: Type.Literal("site"), siteId: Uuid }),
  object({ kind: Type.Literal("device"), deviceId: Uuid }),
]);

/** Where a permission holds, for the console. */
export const ReachView = Type.Union([
  Type.Literal("all"),
  object({ sites: Type.Array(Uuid), devices: Type.Array(Uuid) }),
]);
export type ReachView = Static<typeof ReachView>;

export const viewReach = (reach: Reach): ReachView =>
  reach === "all" ? "all" : { sites: [...reach.sites], devices: [...reach.devices] };

/** Permission → where it holds; absent: nowhere. */
export type AccessView = { readonly [P in Permission]?: ReachView };
export const AccessView = Type.Unsafe<AccessView>(
  Type.Object(Object.fromEntries(PERMISSIONS.map((name) => [name, Type.Optional(ReachView)])), {
    additionalProperties: false,
  }),
);

export const viewAccess = (access: Access): AccessView =>
  Object.fromEntries([...access].map(([permission, reach]) => [permission, viewReach(reach)]));
