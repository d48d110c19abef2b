import { type Static, Type } from "typebox";
import { endpoint } from "./endpoint.ts";
import { IdParams, line, object, QueryInt, stream, UnixMs } from "./schemas.ts";

/** What happens to a device whose score falls too low. */
export const AutoQuarantine = Type.Union([Type.Literal("off"), Type.Literal("suggest"), Type.Literal("on")]);
export type AutoQuarantine = Static<typeof AutoQuarantine>;

export const FINDING_CODES = [
  "jump",
  "counter_fell",
  "offset",
  "drift",
  "stuck",
  "noise",
  "replay",
  "coordinated",
  "reported",
] as const;

/** A reason with its figures: value and limit in the metric's unit; hours for stuck and replay, a factor for noise. */
export const Finding = object({
  code: Type.Unsafe<(typeof FINDING_CODES)[number]>(
    Type.Union(FINDING_CODES.map((code) => Type.Literal(code))),
  ),
  metric: Type.Optional(Type.String()),
  value: Type.Number(),
  limit: Type.Number(),
  sinceMs: UnixMs,
  evidenceRatio: Type.Number({ minimum: 0, maximum: 1 }),
  detail: Type.Optional(Type.String({ description: "Of `reported`: the code that was reported" })),
});
export type Finding = Static<typeof Finding>;

export const Quarantine = object({
  atMs: UnixMs,
  /** Absent when nobody but Gatehouse decided. */
  byName: Type.Optional(Type.String()),
  reason: Type.Optional(Type.String()),
  findings: Type.Array(Finding),
});
export type Quarantine = Static<typeof Quarantine>;

/** The short form that goes with a device in lists. */
export const TrustBadge = object({
  score: Type.Integer({ minimum: 0, maximum: 100 }),
  quarantined: Type.Boolean(),
});
export type TrustBadge = Static<typeof TrustBadge>;

export const DeviceTrust = object({
  score: Type.Integer({ minimum: 0, maximum: 100 }),
  /** False in the first week: its habits are not known yet. */
  learned: Type.Boolean(),
  findings: Type.Array(Finding),
  quarantine: Type.Optional(Quarantine),
  /** Since when it should be quarantined, where Gatehouse only suggests. */
  suggestedMs: Type.Optional(UnixMs),
  /** Of the last 30 days, by verdict. */
  verdicts: object({ ok: Type.Integer(), suspect: Type.Integer(), implausible: Type.Integer() }),
  /** Readings kept apart now. */
  held: Type.Integer(),
  discarded: Type.Integer(),
  /** Oldest first; a point where the score changed. */
  history: Type.Array(object({ atMs: UnixMs, score: Type.Integer(), codes: Type.Array(Type.String()) }), {
    maxItems: 1_000,
  }),
  /** When its readings counted as suspect, oldest first; the last may still last. */
  suspicions: Type.Array(
    object({ fromMs: UnixMs, untilMs: Type.Optional(UnixMs), codes: Type.Array(Type.String()) }),
    { maxItems: 200 },
  ),
});
export type DeviceTrust = Static<typeof DeviceTrust>;

export const HeldReading = object({
  id: Type.String(),
  tsMs: UnixMs,
  receivedMs: UnixMs,
  state: Type.Union([Type.Literal("held"), Type.Literal("discarded")]),
  cause: Type.Union([Type.Literal("quarantine"), Type.Literal("implausible")]),
  values: Type.Array(Type.Tuple([Type.String(), Type.Union([Type.Number(), Type.Boolean(), Type.String()])])),
  findings: Type.Array(Finding),
  decidedBy: Type.Optional(Type.String()),
});
export type HeldReading = Static<typeof HeldReading>;

const reason = line(300);
const ids = Type.Array(Type.String({ pattern: "^[0-9]{1,18}$" }), { minItems: 1, maxItems: 500 });

export const getDeviceTrust = endpoint({
  method: "GET",
  path: "/api/v1/devices/:id/trust",
  tag: "trust",
  audience: "operator",
  permission: "device.read",
  resource: { kind: "device", param: "id" },
  summary: "How far this device is believed, and why",
  params: IdParams,
  reply: DeviceTrust,
  errors: ["device.not_found"],
});
export const quarantineDevice = endpoint({
  method: "POST",
  path: "/api/v1/devices/:id/quarantine",
  tag: "trust",
  audience: "operator",
  permission: "device.quarantine",
  resource: { kind: "device", param: "id" },
  records: ["device.quarantined"],
  summary: "Keep this device's readings apart from now on",
  params: IdParams,
  body: object({ reason }),
  reply: DeviceTrust,
  errors: ["device.not_found", "trust.already_quarantined"],
});
export const releaseDevice = endpoint({
  method: "POST",
  path: "/api/v1/devices/:id/quarantine/release",
  tag: "trust",
  audience: "operator",
  permission: "device.quarantine",
  resource: { kind: "device", param: "id" },
  records: ["device.released"],
  summary: "Believe this device again; what was kept apart stays so until somebody decides",
  params: IdParams,
  body: object({
    reason,
    /** What it shows now is its new normal. */
    learn: Type.Optional(Type.Boolean()),
  }),
  reply: DeviceTrust,
  errors: ["device.not_found", "trust.not_quarantined"],
});
export const dismissSuggestion = endpoint({
  method: "POST",
  path: "/api/v1/devices/:id/trust/dismiss",
  tag: "trust",
  audience: "operator",
  permission: "device.quarantine",
  resource: { kind: "device", param: "id" },
  records: ["device.relearned"],
  summary: "What this device shows is its new normal: learn it",
  params: IdParams,
  body: object({ reason }),
  reply: DeviceTrust,
  errors: ["device.not_found"],
});
export const listHeld = endpoint({
  method: "GET",
  path: "/api/v1/devices/:id/held",
  tag: "trust",
  audience: "operator",
  permission: "device.read",
  resource: { kind: "device", param: "id" },
  summary: "Readings kept apart, newest first",
  params: IdParams,
  query: object({
    before: Type.Optional(QueryInt),
    limit: Type.Optional(Type.String({ pattern: "^[0-9]{1,3}$" })),
    state: Type.Optional(Type.Union([Type.Literal("held"), Type.Literal("discarded")])),
  }),
  reply: stream(HeldReading),
  errors: ["device.not_found"],
});
const decide = object({ ids: Type.Optional(ids) });
export const releaseHeld = endpoint({
  method: "POST",
  path: "/api/v1/devices/:id/held/release",
  tag: "trust",
  audience: "operator",
  permission: "device.quarantine",
  resource: { kind: "device", param: "id" },
  records: ["readings.decided"],
  summary: "Move readings into history: those named (discarded ones too), or everything held",
  params: IdParams,
  body: decide,
  reply: object({
    moved: Type.Integer(),
    /** Too old for history: they stay where they are. */
    refused: Type.Integer(),
  }),
  errors: ["device.not_found", "database.unavailable"],
});
export const discardHeld = endpoint({
  method: "POST",
  path: "/api/v1/devices/:id/held/discard",
  tag: "trust",
  audience: "operator",
  permission: "device.quarantine",
  resource: { kind: "device", param: "id" },
  records: ["readings.decided"],
  summary: "Keep readings out of history for good: those named, or everything held",
  params: IdParams,
  body: decide,
  reply: object({ discarded: Type.Integer() }),
  errors: ["device.not_found"],
});
