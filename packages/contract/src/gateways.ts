import { type Static, Type } from "typebox";
import { DeviceStatus } from "./devices/index.ts";
import { endpoint } from "./endpoint.ts";
import { IdParams, object, page, QueryInt, stream, text, UnixMs, Uuid } from "./schemas.ts";

/** What one link can carry, and one message to it can list. */
export const GATEWAY_LIMITS = { devicesPerGateway: 2_000, devicesPerCall: 500 } as const;

export const GatewayQueue = object({
  messages: Type.Integer({ minimum: 0, description: "Stored at the site and not yet taken by the server" }),
  bytes: Type.Integer({ minimum: 0 }),
  dropped: Type.Integer({ minimum: 0, description: "Given up because the store was full" }),
  atMs: UnixMs,
});
export type GatewayQueue = Static<typeof GatewayQueue>;

/** A device that speaks for the devices assigned to it. */
export const SiteGateway = object({
  id: Uuid,
  name: Type.String(),
  siteId: Uuid,
  siteName: Type.String(),
  status: DeviceStatus,
  lastSeenMs: Type.Optional(UnixMs),
  /** Whether a session is open over which it can be asked now. */
  connected: Type.Boolean(),
  /** Assigned to it, and heard by it in the last ten minutes. */
  devices: Type.Integer(),
  heard: Type.Integer(),
  /** As it said last; absent until then. */
  queue: Type.Optional(GatewayQueue),
});
export type SiteGateway = Static<typeof SiteGateway>;

const limit = Type.Optional(Type.String({ pattern: "^[0-9]{1,3}$" }));
const tag = "site gateways";

export const listGateways = endpoint({
  method: "GET",
  path: "/api/v1/gateways",
  tag,
  audience: "operator",
  permission: "device.read",
  partial: true,
  summary: "Site gateways with their devices, store and last contact",
  query: object({ q: Type.Optional(text(100)), offset: Type.Optional(QueryInt), limit }),
  reply: page(SiteGateway),
});
export const getGateway = endpoint({
  method: "GET",
  path: "/api/v1/gateways/:id",
  tag,
  audience: "operator",
  permission: "device.read",
  resource: { kind: "device", param: "id" },
  summary: "One site gateway",
  params: IdParams,
  reply: SiteGateway,
  errors: ["device.not_found"],
});
export const assignDevices = endpoint({
  method: "POST",
  path: "/api/v1/gateways/assign",
  tag,
  audience: "operator",
  permission: "device.write",
  partial: true,
  records: ["device.assigned"],
  summary: "Let a gateway speak for devices, or (null) nobody but themselves",
  body: object({
    deviceIds: Type.Array(Uuid, {
      minItems: 1,
      maxItems: GATEWAY_LIMITS.devicesPerCall,
      uniqueItems: true,
    }),
    gatewayId: Type.Union([Uuid, Type.Null()]),
  }),
  reply: object({ changed: Type.Integer() }),
  errors: ["device.not_found", "device.revoked", "gateway.not_assignable", "limit.reached"],
});

export const READ_VERDICTS = ["read", "silent", "unreachable", "failed", "no_answer", "cancelled"] as const;
export const ReadVerdict = Type.Unsafe<(typeof READ_VERDICTS)[number]>(
  Type.Union(READ_VERDICTS.map((verdict) => Type.Literal(verdict))),
);
export type ReadVerdict = Static<typeof ReadVerdict>;

/** One round of asking meters. Every device in it ends with exactly one verdict; the first one counts. */
export const MeterRead = object({
  id: Uuid,
  state: Type.Union([Type.Literal("open"), Type.Literal("done"), Type.Literal("cancelled")]),
  byName: Type.String(),
  createdMs: UnixMs,
  deadlineMs: UnixMs,
  endedMs: Type.Optional(UnixMs),
  total: Type.Integer(),
  /** Devices without a verdict yet. */
  open: Type.Integer(),
  verdicts: Type.Record(Type.String(), Type.Integer()),
  /** When the last answer is expected, by the pace so far; never after the deadline. Absent when none came yet. */
  expectedMs: Type.Optional(UnixMs),
});
export type MeterRead = Static<typeof MeterRead>;

export const MeterReadDevice = object({
  deviceId: Uuid,
  name: Type.String(),
  /** Through which it is asked now; absent where it is asked itself. */
  gatewayId: Type.Optional(Uuid),
  gatewayName: Type.Optional(Type.String()),
  verdict: Type.Optional(ReadVerdict),
  detail: Type.Optional(Type.String()),
  atMs: Type.Optional(UnixMs),
});
export type MeterReadDevice = Static<typeof MeterReadDevice>;

const readErrors = ["meter_read.not_found"] as const;

export const startMeterRead = endpoint({
  method: "POST",
  path: "/api/v1/meter-reads",
  tag,
  audience: "operator",
  permission: "meter_read.run",
  partial: true,
  records: ["meter_read.requested"],
  summary: "Read meters now: those named, those of a site or behind a gateway, or all",
  body: object({
    deviceIds: Type.Optional(Type.Array(Uuid, { minItems: 1, maxItems: 1_000, uniqueItems: true })),
    siteId: Type.Optional(Uuid),
    gatewayId: Type.Optional(Uuid),
    all: Type.Optional(Type.Literal(true)),
    deadlineSeconds: Type.Integer({ minimum: 10, maximum: 3_600 }),
  }),
  reply: MeterRead,
  status: 201,
  errors: ["device.not_found", "site.not_found", "meter_read.no_meters", "limit.reached"],
});
export const listMeterReads = endpoint({
  method: "GET",
  path: "/api/v1/meter-reads",
  tag,
  audience: "operator",
  permission: "device.read",
  partial: true,
  summary: "Rounds of asking meters, newest first",
  query: object({ before: Type.Optional(QueryInt), limit }),
  reply: stream(MeterRead),
});
export const getMeterRead = endpoint({
  method: "GET",
  path: "/api/v1/meter-reads/:id",
  tag,
  audience: "operator",
  permission: "device.read",
  resource: { kind: "meter_read", param: "id" },
  summary: "How far a round is",
  params: IdParams,
  reply: MeterRead,
  errors: readErrors,
});
export const cancelMeterRead = endpoint({
  method: "POST",
  path: "/api/v1/meter-reads/:id/cancel",
  tag,
  audience: "operator",
  permission: "meter_read.run",
  resource: { kind: "meter_read", param: "id" },
  records: ["meter_read.cancelled"],
  summary: "Ask nobody else; who has not answered gets the verdict cancelled",
  params: IdParams,
  body: object({}),
  reply: MeterRead,
  errors: readErrors,
});
/** `verdict=missing`: everybody but those that were read; `waiting`: those without a verdict. */
const verdictFilter = Type.Optional(
  Type.Union([
    Type.Literal("missing"),
    Type.Literal("waiting"),
    ...READ_VERDICTS.map((one) => Type.Literal(one)),
  ]),
);
export const listMeterReadDevices = endpoint({
  method: "GET",
  path: "/api/v1/meter-reads/:id/devices",
  tag,
  audience: "operator",
  permission: "device.read",
  resource: { kind: "meter_read", param: "id" },
  summary: "Devices of a round with their verdicts, by name",
  params: IdParams,
  query: object({ verdict: verdictFilter, offset: Type.Optional(QueryInt), limit }),
  reply: page(MeterReadDevice),
  errors: readErrors,
});
export const exportMeterRead = endpoint({
  method: "GET",
  path: "/api/v1/meter-reads/:id/devices.csv",
  tag,
  audience: "operator",
  permission: "telemetry.export",
  resource: { kind: "meter_read", param: "id" },
  records: ["readings.exported"],
  summary: "The same list as CSV (RFC 4180, times in UTC)",
  params: IdParams,
  query: object({ verdict: verdictFilter }),
  contentType: "text/csv; charset=utf-8",
  reply: Type.String(),
  errors: readErrors,
});

/** A reading as the meter signed it: whoever has the device's public key can check it without us. */
export const SignedReading = object({
  serial: Type.String(),
  counter: Type.Integer(),
  readMs: UnixMs,
  receivedMs: UnixMs,
  registers: Type.Record(Type.String(), Type.Integer(), { description: "Wh by OBIS code" }),
  flags: Type.Array(Type.String({ description: "tamper, clockUnset, replaced, rollover" })),
  kind: Type.String({ description: "scheduled, asked" }),
  meterReadId: Type.Optional(Uuid),
  keyId: Type.String(),
  /** Base64url: header 48 ‖ signature 64 ‖ payload, as in a forwarded message. */
  signed: Type.String(),
});
export type SignedReading = Static<typeof SignedReading>;
export const listSignedReadings = endpoint({
  method: "GET",
  path: "/api/v1/devices/:id/signed-readings",
  tag,
  audience: "operator",
  permission: "telemetry.read",
  resource: { kind: "device", param: "id" },
  summary: "Signed readings of a meter, newest first",
  params: IdParams,
  query: object({ before: Type.Optional(QueryInt), limit }),
  reply: stream(SignedReading),
  errors: ["device.not_found"],
});
