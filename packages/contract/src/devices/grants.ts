import { type Static, Type } from "typebox";
import { endpoint } from "../endpoint.ts";
import { IdParams, object } from "../schemas.ts";
import { LIMITS } from "../topics.ts";

/** What a device may do with the topics a filter takes, inside its organisation. */
export const TopicGrant = object({
  pattern: Type.String({
    minLength: 1,
    maxLength: LIMITS.topicBytes,
    description:
      "MQTT topic filter that begins with a name of its own: not $…, gh, led, temperature, v1, + or #",
  }),
  publish: Type.Boolean(),
  subscribe: Type.Boolean(),
});
export type TopicGrant = Static<typeof TopicGrant>;

export const DeviceTopics = object({
  /** What every device has, by its name; the same topics work with its id. */
  own: Type.Array(TopicGrant),
  granted: Type.Array(TopicGrant),
  /** Counts the changes of `granted`. */
  revision: Type.Integer(),
});
export type DeviceTopics = Static<typeof DeviceTopics>;

export const getDeviceTopics = endpoint({
  method: "GET",
  path: "/api/v1/devices/:id/topics",
  tag: "devices",
  audience: "operator",
  permission: "device.read",
  resource: { kind: "device", param: "id" },
  summary: "MQTT topics a device may use: its own, and those granted to it",
  params: IdParams,
  reply: DeviceTopics,
  errors: ["device.not_found"],
});
export const setDeviceTopics = endpoint({
  method: "PUT",
  path: "/api/v1/devices/:id/topics",
  tag: "devices",
  audience: "operator",
  permission: "device.credentials",
  resource: { kind: "device", param: "id" },
  records: ["device.topics_changed"],
  summary: "Replace the topics granted to a device; open connections follow within a second",
  params: IdParams,
  body: object({
    granted: Type.Array(TopicGrant, { maxItems: LIMITS.grantsPerDevice }),
    revision: Type.Optional(
      Type.Integer({
        minimum: 0,
        description: "As it was read: guards against overwriting another's change",
      }),
    ),
  }),
  reply: DeviceTopics,
  errors: ["device.not_found", "device.topic_not_grantable", "request.conflict"],
});
