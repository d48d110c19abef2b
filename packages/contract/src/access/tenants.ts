import { type Static, Type } from "typebox";
import { endpoint } from "../endpoint.ts";
import { Email, IdParams, Language, line, object, UnixMs, Uuid } from "../schemas.ts";

const tag = "organisations";

/** Another organisation of this installation, as its host sees it: from outside. */
export const Tenant = object({
  id: Uuid,
  name: Type.String(),
  /** The installation's first organisation. */
  host: Type.Boolean(),
  createdMs: UnixMs,
  suspendedMs: Type.Optional(UnixMs),
  suspendedReason: Type.Optional(Type.String()),
  people: Type.Integer(),
  sites: Type.Integer(),
  devices: Type.Integer(),
});
export type Tenant = Static<typeof Tenant>;

const params = IdParams;

export const listTenants = endpoint({
  method: "GET",
  path: "/api/v1/tenants",
  tag,
  audience: "operator",
  permission: "tenant.read",
  summary: "Organisations of this installation with their counts",
  reply: object({ items: Type.Array(Tenant) }),
});
export const createTenant = endpoint({
  method: "POST",
  path: "/api/v1/tenants",
  tag,
  audience: "operator",
  permission: "tenant.write",
  stepUp: true,
  fourEyes: "tenants",
  summary: "Add an organisation and invite its first owner",
  body: object({
    name: line(120),
    language: Language,
    owner: object({ name: line(120), email: Email, language: Language }),
  }),
  reply: Tenant,
  status: 201,
  records: ["tenant.created"],
  errors: ["tenant.name_taken", "account.email_taken", "limit.reached"],
});
export const renameTenant = endpoint({
  method: "PATCH",
  path: "/api/v1/tenants/:id",
  tag,
  audience: "operator",
  permission: "tenant.write",
  resource: { kind: "tenant", param: "id" },
  stepUp: true,
  summary: "Rename an organisation",
  params,
  body: object({ name: line(120) }),
  reply: Tenant,
  records: ["tenant.changed"],
  errors: ["tenant.not_found", "tenant.name_taken"],
});
export const suspendTenant = endpoint({
  method: "POST",
  path: "/api/v1/tenants/:id/suspend",
  tag,
  audience: "operator",
  permission: "tenant.write",
  resource: { kind: "tenant", param: "id" },
  stepUp: true,
  fourEyes: "tenants",
  summary: "Its people are out and its devices refused within a second; nothing is deleted",
  params,
  body: object({ reason: line(300) }),
  reply: Tenant,
  records: ["tenant.changed"],
  errors: ["tenant.not_found", "tenant.host"],
});
export const resumeTenant = endpoint({
  method: "POST",
  path: "/api/v1/tenants/:id/resume",
  tag,
  audience: "operator",
  permission: "tenant.write",
  resource: { kind: "tenant", param: "id" },
  stepUp: true,
  summary: "End a suspension",
  params,
  body: object({}),
  reply: Tenant,
  records: ["tenant.changed"],
  errors: ["tenant.not_found"],
});
