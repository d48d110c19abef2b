import { type Static, Type } from "typebox";
import { object, UnixMs, Uuid } from "../schemas.ts";
import { TrustBadge } from "../trust.ts";

export const DeviceStatus = Type.Union(
  [
    Type.Literal("never"),
    Type.Literal("online"),
    Type.Literal("stale"),
    Type.Literal("offline"),
    Type.Literal("revoked"),
  ],
  { description: "never seen; online; stale: silent over 3 intervals; offline: over 10 min; revoked" },
);
export type DeviceStatus = Static<typeof DeviceStatus>;

const Value = Type.Union([Type.Number(), Type.Boolean(), Type.String()]);
export const LastValue = object({ metric: Type.String(), value: Value, tsMs: UnixMs });
export type LastValue = Static<typeof LastValue>;

export const Device = object({
  id: Uuid,
  name: Type.String(),
  label: Type.String({ description: "Free text, may be empty" }),
  typeId: Type.String(),
  siteId: Uuid,
  siteName: Type.String(),
  tags: Type.Array(Type.String()),
  status: DeviceStatus,
  lastSeenMs: Type.Optional(UnixMs),
  address: Type.Optional(Type.String()),
  via: Type.Optional(Type.String({ description: "mqtt, mqtts, ws, http, …" })),
  intervalMs: Type.Integer({ description: "Expected reporting interval" }),
  createdMs: UnixMs,
  revokedMs: Type.Optional(UnixMs),
  demo: Type.Boolean(),
  /** Speaks for it. */
  gateway: Type.Optional(object({ id: Uuid, name: Type.String() })),
  /** Entities a device announced itself (Home Assistant discovery): label and unit by metric. */
  metrics: Type.Array(
    object({
      key: Type.String(),
      unit: Type.String(),
      label: object({ en: Type.String(), fr: Type.String() }),
      kind: Type.String(),
      decimals: Type.Optional(Type.Integer()),
    }),
  ),
  commands: Type.Array(Type.String()),
  last: Type.Array(LastValue),
  /** Absent where nothing is judged. */
  trust: Type.Optional(TrustBadge),
});
export type Device = Static<typeof Device>;
