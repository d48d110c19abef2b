import { type Static, Type } from "typebox";
import { endpoint } from "./endpoint.ts";
import { Done, IdParams, line, MetricKey, object, text, UnixMs, Uuid } from "./schemas.ts";

export const Severity = Type.Union([Type.Literal("info"), Type.Literal("warning"), Type.Literal("critical")]);
export type Severity = Static<typeof Severity>;

/** Which devices a rule watches: every part that is given must match; none means all. */
export const RuleScope = object({
  deviceIds: Type.Optional(Type.Array(Uuid, { maxItems: 500 })),
  siteId: Type.Optional(Uuid),
  typeId: Type.Optional(Type.String({ maxLength: 40 })),
  tag: Type.Optional(Type.String({ maxLength: 40 })),
});

const durationMs = Type.Integer({ minimum: 0, maximum: 604_800_000 });
/** threshold: value against a limit, with hysteresis on the way back. rate: change per minute over a window.
 *  silence: nothing heard for so long. state: a state equals a value for so long. */
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
]);
export type RuleCondition = Static<typeof RuleCondition>;

/** When a rule is armed, in the site's time zone; absent = always. days: 1 Monday … 7 Sunday; minutes of the day; from > to spans midnight. */
export const RuleSchedule = object({
  days: Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), { minItems: 1, maxItems: 7, uniqueItems: true }),
  fromMinute: Type.Integer({ minimum: 0, maximum: 1439 }),
  toMinute: Type.Integer({ minimum: 0, maximum: 1440 }),
});
export type RuleSchedule = Static<typeof RuleSchedule>;

const ruleFields = {
  name: line(120),
  enabled: Type.Boolean(),
  severity: Severity,
  scope: RuleScope,
  condition: RuleCondition,
  /** Debounce: the condition must hold this long before the alert is raised. */
  holdMs: durationMs,
  schedule: Type.Optional(RuleSchedule),
  channelIds: Type.Array(Uuid, { maxItems: 20, uniqueItems: true }),
  /** Again after this long while still active and unacknowledged; 0 = once. */
  repeatMs: durationMs,
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

export const AlertState = Type.Union([
  Type.Literal("active"),
  Type.Literal("acknowledged"),
  Type.Literal("snoozed"),
  Type.Literal("resolved"),
]);
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
    description: "raised, repeated, acknowledged, snoozed, unsnoozed, resolved, notified, delivery_failed",
  }),
  by: Type.Optional(Type.String()),
  detail: Type.Optional(Type.String()),
});

export const listRules = endpoint({
  method: "GET",
  path: "/api/v1/rules",
  tag: "alerts",
  audience: "operator",
  permission: "rule.read",
  summary: "All rules",
  reply: object({ items: Type.Array(Rule) }),
});
export const createRule = endpoint({
  method: "POST",
  path: "/api/v1/rules",
  tag: "alerts",
  audience: "operator",
  permission: "rule.write",
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

export const listAlerts = endpoint({
  method: "GET",
  path: "/api/v1/alerts",
  tag: "alerts",
  audience: "operator",
  permission: "alert.read",
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
  summary: "One alert with what happened to it",
  params: IdParams,
  reply: object({ alert: Alert, events: Type.Array(AlertEvent) }),
  errors: ["alert.not_found"],
});
export const acknowledgeAlert = endpoint({
  method: "POST",
  path: "/api/v1/alerts/:id/acknowledge",
  tag: "alerts",
  audience: "operator",
  permission: "alert.handle",
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
  summary: "Quiet for a while; 0 ends the snooze",
  params: IdParams,
  body: object({ forMs: durationMs }),
  reply: Alert,
  errors: ["alert.not_found", "request.conflict"],
});

// Notification channels and the outbox
const secretText = Type.String({
  maxLength: 512,
  description: "Write-only: read back as an empty string; an empty string keeps what is stored",
});
const url = Type.String({ minLength: 8, maxLength: 2048, pattern: "^https?://" });
export const ChannelSettings = Type.Union([
  object({
    kind: Type.Literal("email"),
    host: line(253),
    port: Type.Integer({ minimum: 1, maximum: 65535 }),
    security: Type.Union([Type.Literal("tls"), Type.Literal("starttls"), Type.Literal("none")]),
    user: text(254),
    password: secretText,
    from: line(254),
    to: Type.Array(line(254), { minItems: 1, maxItems: 20 }),
  }),
  object({
    kind: Type.Literal("twilio"),
    baseUrl: url,
    accountSid: line(64),
    authToken: secretText,
    from: line(32),
    to: Type.Array(line(32), { minItems: 1, maxItems: 10 }),
  }),
  object({
    kind: Type.Literal("sms_gateway"),
    url,
    method: Type.Union([Type.Literal("POST"), Type.Literal("PUT")]),
    headers: Type.Record(Type.String({ maxLength: 64 }), Type.String({ maxLength: 512 }), {
      maxProperties: 10,
    }),
    bodyTemplate: text(2000),
    contentType: line(100),
    secret: secretText,
    to: Type.Array(line(32), { minItems: 1, maxItems: 10 }),
  }),
  object({ kind: Type.Literal("discord"), webhookUrl: secretText }),
  object({ kind: Type.Literal("webhook"), url, secret: secretText }),
  object({
    kind: Type.Literal("mqtt"),
    url: Type.String({ minLength: 8, maxLength: 2048, pattern: "^(mqtt|mqtts|ws|wss)://" }),
    topic: line(200),
    user: text(254),
    password: secretText,
    qos: Type.Union([Type.Literal(0), Type.Literal(1), Type.Literal(2)]),
    retain: Type.Boolean(),
  }),
]);
export type ChannelSettings = Static<typeof ChannelSettings>;
export type ChannelKind = ChannelSettings["kind"] | "in_app";
export const Channel = object({
  id: Uuid,
  name: Type.String(),
  enabled: Type.Boolean(),
  settings: ChannelSettings,
  minSeverity: Severity,
  /** Private and loopback addresses are refused unless the owner allows them for this channel by name. */
  allowPrivate: Type.Boolean(),
  dailyCap: Type.Integer(),
  sentToday: Type.Integer(),
  health: Type.Union([Type.Literal("untested"), Type.Literal("ok"), Type.Literal("failing")]),
  lastError: Type.Optional(Type.String()),
  lastOkMs: Type.Optional(UnixMs),
  updatedMs: UnixMs,
});
export type Channel = Static<typeof Channel>;
const channelBody = {
  name: line(120),
  enabled: Type.Boolean(),
  settings: ChannelSettings,
  minSeverity: Severity,
  allowPrivate: Type.Boolean(),
  dailyCap: Type.Integer({ minimum: 1, maximum: 10_000 }),
};
export const ChannelBody = object(channelBody);
export type ChannelBody = Static<typeof ChannelBody>;
export const listChannels = endpoint({
  method: "GET",
  path: "/api/v1/channels",
  tag: "notifications",
  audience: "operator",
  permission: "channel.read",
  summary: "Where alerts are sent",
  reply: object({ items: Type.Array(Channel) }),
});
export const createChannel = endpoint({
  method: "POST",
  path: "/api/v1/channels",
  tag: "notifications",
  audience: "operator",
  permission: "channel.write",
  summary: "Add a channel",
  body: ChannelBody,
  reply: Channel,
  status: 201,
  errors: ["channel.invalid", "url.forbidden", "limit.reached"],
});
export const updateChannel = endpoint({
  method: "PUT",
  path: "/api/v1/channels/:id",
  tag: "notifications",
  audience: "operator",
  permission: "channel.write",
  summary: "Change a channel; empty secrets keep what is stored",
  params: IdParams,
  body: ChannelBody,
  reply: Channel,
  errors: ["channel.not_found", "channel.invalid", "url.forbidden"],
});
export const deleteChannel = endpoint({
  method: "DELETE",
  path: "/api/v1/channels/:id",
  tag: "notifications",
  audience: "operator",
  permission: "channel.write",
  summary: "Delete a channel",
  params: IdParams,
  reply: Done,
  errors: ["channel.not_found"],
});
export const testChannel = endpoint({
  method: "POST",
  path: "/api/v1/channels/:id/test",
  tag: "notifications",
  audience: "operator",
  permission: "channel.write",
  summary: "Send a test message now and say what happened",
  params: IdParams,
  body: object({}),
  reply: object({ ok: Type.Boolean(), detail: Type.String() }),
  errors: ["channel.not_found"],
  perMinute: 20,
});

export const DeliveryState = Type.Union(
  [
    Type.Literal("queued"),
    Type.Literal("sending"),
    Type.Literal("sent"),
    Type.Literal("retrying"),
    Type.Literal("dead"),
    Type.Literal("held"),
    Type.Literal("capped"),
  ],
  { description: "held: no channel is configured, the message waits here to be read" },
);
export const Delivery = object({
  id: Uuid,
  channelId: Type.Optional(Uuid),
  channelName: Type.String(),
  kind: Type.String(),
  to: Type.String(),
  subject: Type.String(),
  body: Type.String(),
  state: DeliveryState,
  attempts: Type.Integer(),
  createdMs: UnixMs,
  nextAttemptMs: Type.Optional(UnixMs),
  sentMs: Type.Optional(UnixMs),
  error: Type.Optional(Type.String()),
  alertId: Type.Optional(Uuid),
});
export type Delivery = Static<typeof Delivery>;
export const listDeliveries = endpoint({
  method: "GET",
  path: "/api/v1/outbox",
  tag: "notifications",
  audience: "operator",
  permission: "outbox.read",
  summary: "Messages to people, newest first",
  query: object({
    state: Type.Optional(DeliveryState),
    q: Type.Optional(text(100)),
    before: Type.Optional(Type.String({ maxLength: 100 })),
    limit: Type.Optional(Type.String({ pattern: "^[0-9]{1,3}$" })),
  }),
  reply: object({
    items: Type.Array(Delivery),
    next: Type.Optional(Type.String()),
    counts: Type.Record(Type.String(), Type.Integer()),
  }),
});
export const retryDelivery = endpoint({
  method: "POST",
  path: "/api/v1/outbox/:id/retry",
  tag: "notifications",
  audience: "operator",
  permission: "outbox.retry",
  summary: "Try a dead or waiting message again now",
  params: IdParams,
  body: object({}),
  reply: Delivery,
  errors: ["outbox.not_found", "channel.not_found", "request.conflict"],
});

/** In-app notifications: the bell. */
export const listNotices = endpoint({
  method: "GET",
  path: "/api/v1/notices",
  tag: "notifications",
  audience: "operator",
  permission: "alert.read",
  summary: "The bell: newest alerts and what one has not seen",
  reply: object({ items: Type.Array(Alert), unseen: Type.Integer() }),
});
export const markNoticesSeen = endpoint({
  method: "POST",
  path: "/api/v1/notices/seen",
  tag: "notifications",
  audience: "operator",
  permission: "self",
  summary: "Everything up to now is seen",
  body: object({}),
  reply: Done,
});
