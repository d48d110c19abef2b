import { type Static, Type } from "typebox";
import { ClassLabel } from "../cameras/detection.ts";
import { CameraEventKind } from "../cameras/events.ts";
import { endpoint } from "../endpoint.ts";
import { Done, DurationMs, IdParams, line, MetricKey, object, UnixMs, Uuid } from "../schemas.ts";

export const Severity = Type.Union([Type.Literal("info"), Type.Literal("warning"), Type.Literal("critical")]);
export type Severity = Static<typeof Severity>;

/** Which devices a rule watches: every part that is given must match; none means all. */
export const RuleScope = object({
  deviceIds: Type.Optional(Type.Array(Uuid, { maxItems: 500 })),
  siteId: Type.Optional(Uuid),
  typeId: Type.Optional(Type.String({ maxLength: 40 })),
  tag: Type.Optional(Type.String({ maxLength: 40 })),
});

/** threshold: value against a limit, with hysteresis on the way back. rate: change per minute over a window.
 *  silence: nothing heard for so long. state: a state equals a value for so long.
 *  event: something happened before a camera; of persons and objects only what is an alarm. */
export const RuleCondition = Type.Union([
  object({
    kind: Type.Literal("threshold"),
    metric: MetricKey,
    op: Type.Union([Type.Literal("above"), Type.Literal("below"), Type.Literal("outside")]),
    limit: Type.Number(),
    upper: Type.Optional(Type.Number({ description: "Upper limit for outside" })),
    hysteresis: Type.Optional(Type.Number({ minimum: 0 })),
  }),
  object({
    kind: Type.Literal("rate"),
    metric: MetricKey,
    op: Type.Union([Type.Literal("rises"), Type.Literal("falls")]),
    perMinute: Type.Number({ exclusiveMinimum: 0 }),
    windowMs: Type.Integer({ minimum: 10_000, maximum: 3_600_000 }),
  }),
  object({ kind: Type.Literal("silence"), forMs: Type.Integer({ minimum: 1_000, maximum: 604_800_000 }) }),
  object({
    kind: Type.Literal("state"),
    metric: MetricKey,
    equals: Type.Union([Type.Boolean(), Type.String({ maxLength: 1024 })]),
  }),
  object({
    kind: Type.Literal("event"),
    events: Type.Array(CameraEventKind, { minItems: 1, maxItems: 4, uniqueItems: true }),
    /** One of them must have been found; absent = whatever was found. */
    classes: Type.Optional(Type.Array(ClassLabel, { minItems: 1, maxItems: 80, uniqueItems: true })),
    /** So many at once. */
    minPeople: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
    /** Name of a zone of the camera that it must have touched. */
    zone: Type.Optional(line(60)),
  }),
]);
export type RuleCondition = Static<typeof RuleCondition>;

/** When a rule is armed, in the site's time zone; absent = always. days: 1 Monday … 7 Sunday; minutes of the day; from > to spans midnight. */
export const RuleSchedule = object({
  days: Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), { minItems: 1, maxItems: 7, uniqueItems: true }),
  fromMinute: Type.Integer({ minimum: 0, maximum: 1439 }),
  toMinute: Type.Integer({ minimum: 0, maximum: 1440 }),
});
export type RuleSchedule = Static<typeof RuleSchedule>;

/** Who else is told when nobody has acknowledged an alert, or judged its event, for so long since it was raised. */
export const EscalationStep = object({
  afterMs: Type.Integer({ minimum: 60_000, maximum: 86_400_000 }),
  channelIds: Type.Array(Uuid, { minItems: 1, maxItems: 20, uniqueItems: true }),
});
export type EscalationStep = Static<typeof EscalationStep>;

const ruleFields = {
  name: line(120),
  enabled: Type.Boolean(),
  severity: Severity,
  scope: RuleScope,
  condition: RuleCondition,
  /** Debounce: the condition must hold this long before the alert is raised. */
  holdMs: DurationMs,
  schedule: Type.Optional(RuleSchedule),
  channelIds: Type.Array(Uuid, { maxItems: 20, uniqueItems: true }),
  /** Again after this long while still active and unacknowledged; 0 = once. */
  repeatMs: DurationMs,
  /** Each step later than the one before. */
  escalation: Type.Optional(Type.Array(EscalationStep, { maxItems: 5 })),
};
export const RuleBody = object(ruleFields);
export type RuleBody = Static<typeof RuleBody>;
export const Rule = object({
  id: Uuid,
  ...ruleFields,
  createdMs: UnixMs,
  updatedMs: UnixMs,
  active: Type.Integer({ description: "Open alerts of this rule" }),
  watches: Type.Integer({ description: "Devices in scope now" }),
});
export type Rule = Static<typeof Rule>;

export const listRules = endpoint({
  method: "GET",
  path: "/api/v1/rules",
  tag: "alerts",
  audience: "operator",
  permission: "rule.read",
  partial: true,
  summary: "All rules",
  reply: object({ items: Type.Array(Rule) }),
});
export const createRule = endpoint({
  method: "POST",
  path: "/api/v1/rules",
  tag: "alerts",
  audience: "operator",
  permission: "rule.write",
  partial: true,
  records: ["rule.created"],
  summary: "Add a rule",
  body: RuleBody,
  reply: Rule,
  status: 201,
  errors: ["rule.invalid", "channel.not_found", "limit.reached"],
});
export const updateRule = endpoint({
  method: "PUT",
  path: "/api/v1/rules/:id",
  tag: "alerts",
  audience: "operator",
  permission: "rule.write",
  resource: { kind: "rule", param: "id" },
  records: ["rule.changed"],
  summary: "Replace a rule; `updatedMs` guards against overwriting another's change",
  params: IdParams,
  body: object({ ...ruleFields, updatedMs: UnixMs }),
  reply: Rule,
  errors: ["rule.not_found", "rule.invalid", "channel.not_found", "request.conflict"],
});
export const deleteRule = endpoint({
  method: "DELETE",
  path: "/api/v1/rules/:id",
  tag: "alerts",
  audience: "operator",
  permission: "rule.write",
  resource: { kind: "rule", param: "id" },
  records: ["rule.removed"],
  summary: "Delete a rule; its open alerts are resolved",
  params: IdParams,
  reply: Done,
  errors: ["rule.not_found"],
});
/** Dry run over stored history: when would this rule have raised? */
export const tryRule = endpoint({
  method: "POST",
  path: "/api/v1/rules/try",
  tag: "alerts",
  audience: "operator",
  permission: "rule.read",
  partial: true,
  unrecorded: "changes nothing",
  summary: "When would this rule have raised in the last 24 h?",
  body: RuleBody,
  reply: object({
    watches: Type.Integer(),
    raises: Type.Array(
      object({
        deviceId: Uuid,
        deviceName: Type.String(),
        atMs: UnixMs,
        value: Type.Optional(Type.Union([Type.Number(), Type.Boolean(), Type.String()])),
      }),
      { maxItems: 200 },
    ),
    truncated: Type.Boolean(),
  }),
  errors: ["rule.invalid"],
  perMinute: 30,
});
