import { Type } from "typebox";
import { endpoint } from "../endpoint.ts";
import { DeviceName, Done, IdParams, object, page, QueryInt, Tag, text, Uuid, Word } from "../schemas.ts";
import { ClaimCode } from "./claims.ts";
import { NewApiKey } from "./credentials.ts";
import { Device, DeviceStatus } from "./device.ts";

const tags = Type.Array(Tag, { maxItems: 20, uniqueItems: true });
const intervalMs = Type.Integer({ minimum: 100, maximum: 86_400_000 });

export const DEVICE_SORTS = [
  "name",
  "-name",
  "lastSeen",
  "-lastSeen",
  "created",
  "-created",
  "type",
  "status",
] as const;
const filters = {
  q: Type.Optional(text(100)),
  site: Type.Optional(Uuid),
  type: Type.Optional(Word),
  status: Type.Optional(DeviceStatus),
  tag: Type.Optional(Tag),
  quarantined: Type.Optional(Type.Literal("true")),
  /** Devices that this gateway speaks for; `none`: those that nobody speaks for. */
  gateway: Type.Optional(Type.Union([Uuid, Type.Literal("none")])),
};
export const listDevices = endpoint({
  method: "GET",
  path: "/api/v1/devices",
  tag: "devices",
  audience: "operator",
  permission: "device.read",
  partial: true,
  summary: "Inventory with search, filters and paging",
  query: object({
    ...filters,
    sort: Type.Optional(
      Type.Unsafe<(typeof DEVICE_SORTS)[number]>(Type.Union(DEVICE_SORTS.map((sort) => Type.Literal(sort)))),
    ),
    offset: Type.Optional(QueryInt),
    limit: Type.Optional(Type.String({ pattern: "^[0-9]{1,3}$" })),
  }),
  reply: page(Device),
});
export const deviceFacets = endpoint({
  method: "GET",
  path: "/api/v1/devices/facets",
  tag: "devices",
  audience: "operator",
  permission: "device.read",
  partial: true,
  summary: "Counts by status, type, site and tag",
  query: object({ site: Type.Optional(Uuid) }),
  reply: object({
    total: Type.Integer(),
    quarantined: Type.Integer(),
    status: Type.Record(Type.String(), Type.Integer()),
    type: Type.Record(Type.String(), Type.Integer()),
    tags: Type.Array(object({ tag: Type.String(), count: Type.Integer() })),
  }),
});
/** One square per device for the fleet panel: [id, name, status] grouped by site; at most 5,000 devices. */
export const fleet = endpoint({
  method: "GET",
  path: "/api/v1/devices/fleet",
  tag: "devices",
  audience: "operator",
  permission: "device.read",
  partial: true,
  summary: "Status of every device, by site",
  reply: object({
    sites: Type.Array(
      object({
        id: Uuid,
        name: Type.String(),
        online: Type.Integer(),
        total: Type.Integer(),
        devices: Type.Array(object({ id: Uuid, name: Type.String(), status: DeviceStatus })),
      }),
    ),
    truncated: Type.Boolean(),
  }),
});
export const createDevice = endpoint({
  method: "POST",
  path: "/api/v1/devices",
  tag: "devices",
  audience: "operator",
  permission: "device.write",
  partial: true,
  records: ["device.created"],
  summary: "Add a device: it gets an API key (shown once) and a claim code",
  body: object({
    name: DeviceName,
    label: Type.Optional(text(200)),
    typeId: Type.String({ maxLength: 40 }),
    siteId: Uuid,
    tags: Type.Optional(tags),
    intervalMs: Type.Optional(intervalMs),
  }),
  reply: object({ device: Device, key: NewApiKey, claim: ClaimCode }),
  status: 201,
  errors: ["device.name_taken", "device.type_unknown", "site.not_found", "limit.reached"],
});
export const getDevice = endpoint({
  method: "GET",
  path: "/api/v1/devices/:id",
  tag: "devices",
  audience: "operator",
  permission: "device.read",
  resource: { kind: "device", param: "id" },
  summary: "One device",
  params: IdParams,
  reply: Device,
  errors: ["device.not_found"],
});
export const updateDevice = endpoint({
  method: "PATCH",
  path: "/api/v1/devices/:id",
  tag: "devices",
  audience: "operator",
  permission: "device.write",
  resource: { kind: "device", param: "id" },
  records: ["device.changed"],
  summary: "Change name, label, site, tags or interval",
  params: IdParams,
  body: object({
    name: Type.Optional(DeviceName),
    label: Type.Optional(text(200)),
    siteId: Type.Optional(Uuid),
    tags: Type.Optional(tags),
    intervalMs: Type.Optional(intervalMs),
  }),
  reply: Device,
  errors: ["device.not_found", "device.name_taken", "site.not_found"],
});
export const deleteDevice = endpoint({
  method: "DELETE",
  path: "/api/v1/devices/:id",
  tag: "devices",
  audience: "operator",
  permission: "device.write",
  resource: { kind: "device", param: "id" },
  fourEyes: "device_removal",
  records: ["device.removed"],
  summary: "Delete a device with its history; its connections drop",
  params: IdParams,
  reply: Done,
  errors: ["device.not_found"],
});
