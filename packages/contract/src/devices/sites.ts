import { type Static, Type } from "typebox";
import { endpoint } from "../endpoint.ts";
import { Done, IdParams, line, object, Uuid } from "../schemas.ts";

export const Site = object({
  id: Uuid,
  name: Type.String(),
  timeZone: Type.String(),
  deviceCount: Type.Integer(),
  onlineCount: Type.Integer(),
  demo: Type.Boolean(),
});
export type Site = Static<typeof Site>;

const TimeZone = Type.String({ minLength: 1, maxLength: 64, description: "IANA time zone" });

export const listSites = endpoint({
  method: "GET",
  path: "/api/v1/sites",
  tag: "sites",
  audience: "operator",
  permission: "site.read",
  partial: true,
  summary: "All sites",
  reply: object({ items: Type.Array(Site) }),
});
export const createSite = endpoint({
  method: "POST",
  path: "/api/v1/sites",
  tag: "sites",
  audience: "operator",
  permission: "site.write",
  records: ["site.created"],
  summary: "Add a site",
  body: object({ name: line(120), timeZone: TimeZone }),
  reply: Site,
  status: 201,
  errors: ["site.name_taken", "limit.reached"],
});
export const updateSite = endpoint({
  method: "PATCH",
  path: "/api/v1/sites/:id",
  tag: "sites",
  audience: "operator",
  permission: "site.write",
  resource: { kind: "site", param: "id" },
  records: ["site.changed"],
  summary: "Rename a site or change its time zone",
  params: IdParams,
  body: object({ name: Type.Optional(line(120)), timeZone: Type.Optional(TimeZone) }),
  reply: Site,
  errors: ["site.not_found", "site.name_taken"],
});
export const deleteSite = endpoint({
  method: "DELETE",
  path: "/api/v1/sites/:id",
  tag: "sites",
  audience: "operator",
  permission: "site.write",
  resource: { kind: "site", param: "id" },
  records: ["site.removed"],
  summary: "Delete an empty site",
  params: IdParams,
  reply: Done,
  errors: ["site.not_found", "site.not_empty"],
});
