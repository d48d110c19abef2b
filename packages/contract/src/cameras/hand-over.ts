import { type Static, Type } from "typebox";
import { endpoint } from "../endpoint.ts";
import { IdParams, line, object, Uuid } from "../schemas.ts";
import { ClassLabel } from "./detection.ts";

const Address = line(2_000);
const Count = Type.Integer({ minimum: 0, maximum: 10_000 });
/** One figure, one a look, or one for each class. */
const Counts = Type.Union([
  Count,
  Type.Array(Count, { minItems: 1, maxItems: 10_000 }),
  Type.Record(ClassLabel, Count, { minProperties: 1, maxProperties: 80 }),
]);
const Seconds = Type.Number({ minimum: 0, maximum: 86_400 });

/** What another detector says of something it saw. Names on one line mean the same; the first that is there counts. */
export const HandedOver = object({
  /** Where its recording is: shown, never fetched. */
  clip: Type.Optional(Address),
  address: Type.Optional(Address),
  video: Type.Optional(Address),
  url: Type.Optional(Address),
  path: Type.Optional(Address),
  /** ISO 8601 (without a zone: that of the camera's site), or Unix time in seconds or milliseconds. */
  timestamp: Type.Union([
    Type.Number({ minimum: 0, maximum: 8e12 }),
    Type.String({ minLength: 10, maxLength: 40, pattern: "^[0-9T :.,Z+-]+$" }),
  ]),
  counts: Type.Optional(Counts),
  count: Type.Optional(Counts),
  people: Type.Optional(Counts),
  /** How long it lasted, in seconds. */
  duration: Type.Optional(Seconds),
  durationSeconds: Type.Optional(Seconds),
  /** How sure it was at best. */
  score: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
});
export type HandedOver = Static<typeof HandedOver>;

const Taken = object({
  eventId: Uuid,
  /** False: it was known already, from the same camera at the same time. */
  isNew: Type.Boolean(),
});

const common = {
  tag: "cameras",
  body: HandedOver,
  reply: Taken,
  unrecorded: "what other detectors saw is kept as events",
  perMinute: 120,
} as const;

export const handOverEvent = endpoint({
  ...common,
  method: "POST",
  path: "/api/v1/events",
  audience: "device",
  summary: "A camera's own detector hands over what it saw, with the device's key",
  errors: ["camera.none", "request.invalid", "server.busy", "device.credentials_invalid"],
});
export const handOverEventOf = endpoint({
  ...common,
  method: "POST",
  path: "/api/v1/cameras/:id/events",
  audience: "operator",
  permission: "camera.write",
  resource: { kind: "device", param: "id" },
  summary: "A detector hands over what it saw before this camera, with an API token",
  params: IdParams,
  errors: ["device.not_found", "camera.none", "request.invalid", "server.busy"],
});
