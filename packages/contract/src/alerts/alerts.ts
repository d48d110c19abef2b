import { type Static, Type } from "typebox";
import { ClassLabel } from "../cameras/detection.ts";
import { CameraEventKind } from "../cameras/events.ts";
import { endpoint } from "../endpoint.ts";
import { Done, DurationMs, IdParams, object, text, UnixMs, Uuid } from "../schemas.ts";
import { RuleCondition, Severity } from "./rules.ts";

export const AlertState = Type.Union([
  Type.Literal("active"),
  Type.Literal("acknowledged"),
  Type.Literal("snoozed"),
  Type.Literal("resolved"),
]);
/** What happened before the camera, as it was known when the alert was raised. */
export const AlertEventFacts = object({
  id: Uuid,
  kind: CameraEventKind,
  startMs: UnixMs,
  /** Most certain first; empty of kinds `motion` and `device`. */
  labels: Type.Array(ClassLabel, { maxItems: 80 }),
  /** At once at most. */
  count: Type.Integer(),
  /** How sure the detector was, 0…1; 0 where nobody looked. */
  score: Type.Number(),
  zones: Type.Array(Type.String()),
});
export type AlertEventFacts = Static<typeof AlertEventFacts>;
export const Alert = object({
  id: Uuid,
  ruleId: Type.Optional(Uuid),
  ruleName: Type.String(),
  severity: Severity,
  state: AlertState,
  deviceId: Type.Optional(Uuid),
  deviceName: Type.String(),
  siteName: Type.String(),
  metric: Type.Optional(Type.String()),
  /** The condition as it was when raised, so that the text stays true when the rule changes. */
  condition: RuleCondition,
  value: Type.Optional(Type.Union([Type.Number(), Type.Boolean(), Type.String()])),
  unit: Type.Optional(Type.String()),
  /** Of an alert about something that happened before a camera. */
  event: Type.Optional(AlertEventFacts),
  raisedMs: UnixMs,
  acknowledgedMs: Type.Optional(UnixMs),
  acknowledgedBy: Type.Optional(Type.String()),
  note: Type.Optional(Type.String()),
  snoozedUntilMs: Type.Optional(UnixMs),
  resolvedMs: Type.Optional(UnixMs),
});
export type Alert = Static<typeof Alert>;
export const AlertEvent = object({
  atMs: UnixMs,
  kind: Type.String({
    description:
      "raised, repeated, escalated, acknowledged, snoozed, unsnoozed, judged, resolved, notified, delivery_failed",
  }),
  by: Type.Optional(Type.String()),
  detail: Type.Optional(Type.String()),
});

/** The steps of an alert's escalation: what happened and what is next. */
export const AlertEscalation = object({
  steps: Type.Array(
    object({
      /** When it is due; while an alert is snoozed it waits. */
      atMs: UnixMs,
      /** By name; one that was deleted since is left out. */
      channels: Type.Array(Type.String()),
      doneMs: Type.Optional(UnixMs),
    }),
  ),
  /** Somebody answered: nothing more is told. */
  stoppedMs: Type.Optional(UnixMs),
});
export type AlertEscalation = Static<typeof AlertEscalation>;

export const listAlerts = endpoint({
  method: "GET",
  path: "/api/v1/alerts",
  tag: "alerts",
  audience: "operator",
  permission: "alert.read",
  partial: true,
  summary: "Alerts, newest first",
  query: object({
    state: Type.Optional(Type.Union([Type.Literal("open"), Type.Literal("resolved")])),
    device: Type.Optional(Uuid),
    severity: Type.Optional(Severity),
    q: Type.Optional(text(100)),
    before: Type.Optional(Type.String({ maxLength: 100 })),
    limit: Type.Optional(Type.String({ pattern: "^[0-9]{1,3}$" })),
  }),
  reply: object({ items: Type.Array(Alert), next: Type.Optional(Type.String()), open: Type.Integer() }),
});
export const getAlert = endpoint({
  method: "GET",
  path: "/api/v1/alerts/:id",
  tag: "alerts",
  audience: "operator",
  permission: "alert.read",
  resource: { kind: "alert", param: "id" },
  summary: "One alert with what happened to it",
  params: IdParams,
  reply: object({
    alert: Alert,
    events: Type.Array(AlertEvent),
    escalation: Type.Optional(AlertEscalation),
  }),
  errors: ["alert.not_found"],
});
export const acknowledgeAlert = endpoint({
  method: "POST",
  path: "/api/v1/alerts/:id/acknowledge",
  tag: "alerts",
  audience: "operator",
  permission: "alert.handle",
  resource: { kind: "alert", param: "id" },
  records: ["alert.handled"],
  summary: "Somebody looks after it: repeats stop",
  params: IdParams,
  body: object({ note: Type.Optional(text(500)) }),
  reply: Alert,
  errors: ["alert.not_found"],
});
export const snoozeAlert = endpoint({
  method: "POST",
  path: "/api/v1/alerts/:id/snooze",
  tag: "alerts",
  audience: "operator",
  permission: "alert.handle",
  resource: { kind: "alert", param: "id" },
  records: ["alert.handled"],
  summary: "Quiet for a while; 0 ends the snooze",
  params: IdParams,
  body: object({ forMs: DurationMs }),
  reply: Alert,
  errors: ["alert.not_found", "request.conflict"],
});

/** In-app notifications: the bell. */
export const listNotices = endpoint({
  method: "GET",
  path: "/api/v1/notices",
  tag: "notifications",
  audience: "operator",
  permission: "alert.read",
  partial: true,
  summary: "The bell: newest alerts and what one has not seen",
  reply: object({ items: Type.Array(Alert), unseen: Type.Integer() }),
});
export const markNoticesSeen = endpoint({
  method: "POST",
  path: "/api/v1/notices/seen",
  tag: "notifications",
  audience: "operator",
  permission: "self",
  unrecorded: "a mark of what one has seen oneself",
  summary: "Everything up to now is seen",
  body: object({}),
  reply: Done,
});
