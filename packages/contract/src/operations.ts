import { type Static, Type } from "typebox";
import { Failure } from "./alerts/failure.ts";
import { endpoint } from "./endpoint.ts";
import { Done, Language, line, object, text, UnixMs } from "./schemas.ts";
import { AutoQuarantine } from "./trust.ts";

/** What has been counted since start or in the last 24 h; sparks are 40 equal steps, oldest first. */
export const Overview = object({
  devices: object({
    total: Type.Integer(),
    online: Type.Integer(),
    stale: Type.Integer(),
    offline: Type.Integer(),
    never: Type.Integer(),
    revoked: Type.Integer(),
    spark: Type.Array(Type.Number()),
  }),
  messages: object({
    perSecond: Type.Number(),
    usualLow: Type.Optional(Type.Number()),
    usualHigh: Type.Optional(Type.Number()),
    spark: Type.Array(Type.Number()),
  }),
  refused: object({
    last24h: Type.Integer(),
    spark: Type.Array(Type.Number()),
    byControl: Type.Array(object({ code: Type.String(), count: Type.Integer() })),
  }),
  alerts: object({ open: Type.Integer(), critical: Type.Integer() }),
  /** Of the whole installation: for people of its host. */
  storage: Type.Optional(
    object({
      databaseBytes: Type.Integer(),
      freeBytes: Type.Integer(),
      points: Type.Integer(),
      pointsPerDay: Type.Integer(),
    }),
  ),
  needsYou: Type.Array(
    object({
      kind: Type.String({
        description:
          "alert, device_offline, channel_failing, outbox_dead, mail_limit, sms_limit, claim_pending, sign_up_waiting, approval_waiting, no_device, no_channel, certificate_expiring, device_quarantined, quarantine_suggested, witness_refused, witness_silent, login_attacked, logins_attacked, restored, seam_unacknowledged, recovery_kit_missing, recording_disk_full, recording_pinned_full, recording_failed, recording_pins_over, offsite_failing, backup_missing, plain_http",
      }),
      severity: Type.String(),
      /** Since when, where that is known. */
      atMs: Type.Optional(UnixMs),
      deviceId: Type.Optional(Type.String()),
      deviceName: Type.Optional(Type.String()),
      alertId: Type.Optional(Type.String()),
      count: Type.Optional(Type.Integer()),
      text: Type.Optional(Type.String({ description: "A name that people gave: the rule's, the channel's" })),
      failure: Type.Optional(Failure),
    }),
    { maxItems: 20 },
  ),
  atMs: UnixMs,
});
export type Overview = Static<typeof Overview>;
export const getOverview = endpoint({
  method: "GET",
  path: "/api/v1/overview",
  tag: "overview",
  audience: "operator",
  permission: "overview.read",
  partial: true,
  summary: "Figures of the first page",
  reply: Overview,
});

export const SiteSettings = object({
  organisation: line(120),
  language: Language,
  timeZone: Type.String({ minLength: 1, maxLength: 64 }),
  retentionRawDays: Type.Integer({ minimum: 1, maximum: 3650 }),
  retentionRollupDays: Type.Integer({ minimum: 1, maximum: 36_500 }),
  retentionLogDays: Type.Integer({ minimum: 1, maximum: 3650 }),
  retentionLedgerDays: Type.Integer({
    minimum: 90,
    maximum: 36_500,
    description: "Entries of the audit log that are older lose their content; their hashes stay",
  }),
  witnessSilence: object({
    installationMinutes: Type.Integer({
      minimum: 5,
      maximum: 10_080,
      description: "People are told when another installation has not cosigned the audit log for so long",
    }),
    machineHours: Type.Integer({
      minimum: 1,
      maximum: 720,
      description: "The same for gateways and agents, which may sleep or be out of reach",
    }),
  }),
  maxTimestampPastDays: Type.Integer({ minimum: 0, maximum: 3650, description: "Oldest reading accepted" }),
  acceptDiscovery: Type.Boolean({
    description: "Devices may announce themselves with Home Assistant discovery",
  }),
  autoQuarantine: AutoQuarantine,
  signUp: Type.Boolean({ description: "Customers may sign up by the link of the people page" }),
  /** `auto`: where the console is reached from other machines. */
  requireStaffFactor: Type.Union([Type.Literal("auto"), Type.Literal("always"), Type.Literal("never")], {
    description: "Everybody but customers must have a second factor",
  }),
  /** Beyond what Gatehouse asks of every password; composition rules are off unless the organisation wants them. */
  passwordRules: object({
    minLength: Type.Integer({ minimum: 12, maximum: 64 }),
    upper: Type.Boolean(),
    lower: Type.Boolean(),
    digit: Type.Boolean(),
    symbol: Type.Boolean(),
  }),
  /** Codes, links and notices to people; alerts have limits of their own. A day is a UTC day. */
  messages: object({
    smsPerDay: Type.Integer({ minimum: 0, maximum: 100_000 }),
    smsPerPersonPerDay: Type.Integer({ minimum: 1, maximum: 1_000 }),
    mailsPerDay: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
    mailsPerPersonPerDay: Type.Integer({ minimum: 1, maximum: 1_000 }),
  }),
  homeAssistant: object({
    enabled: Type.Boolean(),
    url: text(2048),
    user: text(254),
    /** Write-only. */
    password: text(512),
    prefix: Type.String({ pattern: "^[A-Za-z0-9_-]{1,64}$" }),
    allowPrivate: Type.Boolean(),
  }),
});
export type SiteSettings = Static<typeof SiteSettings>;
export const getSettings = endpoint({
  method: "GET",
  path: "/api/v1/settings",
  tag: "settings",
  audience: "operator",
  permission: "settings.read",
  summary: "Settings of this installation",
  reply: SiteSettings,
});
export const updateSettings = endpoint({
  method: "PATCH",
  path: "/api/v1/settings",
  tag: "settings",
  audience: "operator",
  permission: "settings.write",
  fourEyes: "settings",
  records: ["settings.changed"],
  summary: "Change settings",
  body: Type.Partial(SiteSettings, { additionalProperties: false }),
  reply: SiteSettings,
  errors: ["settings.invalid", "secret.required", "url.forbidden"],
});

export const Listener = object({
  kind: Type.String({ description: "http, https, mqtt, mqtts, ws, wss, grpc, grpcs" }),
  host: Type.String(),
  port: Type.Integer(),
  url: Type.String(),
  loopbackOnly: Type.Boolean(),
});
export const NetworkInfo = object({
  listeners: Type.Array(Listener),
  publicUrl: Type.String(),
  secure: Type.Boolean(),
  ca: Type.Optional(object({ fingerprint: Type.String(), expiresMs: UnixMs })),
  homeAssistant: object({
    state: Type.Union([
      Type.Literal("off"),
      Type.Literal("connecting"),
      Type.Literal("connected"),
      Type.Literal("failing"),
    ]),
    error: Type.Optional(Type.String()),
  }),
});
export type NetworkInfo = Static<typeof NetworkInfo>;
export const getNetwork = endpoint({
  method: "GET",
  path: "/api/v1/network",
  tag: "settings",
  audience: "operator",
  permission: "device.read",
  partial: true,
  summary: "Listeners and the certificate authority's fingerprint",
  reply: NetworkInfo,
});
export const getCaCertificate = endpoint({
  method: "GET",
  path: "/ca.pem",
  tag: "settings",
  audience: "public",
  summary: "The certificate authority's certificate (public)",
  contentType: "application/x-pem-file",
  reply: Type.String(),
  errors: ["request.not_found"],
});

export const About = object({
  version: Type.String(),
  node: Type.String(),
  postgres: Type.String(),
  startedMs: UnixMs,
  dataDir: Type.String(),
  embedded: Type.Boolean(),
  memoryBytes: Type.Integer(),
  eventLoopP99Ms: Type.Number(),
  ingest: object({ queued: Type.Integer(), accepted: Type.Integer(), refused: Type.Integer() }),
  backup: object({ lastMs: Type.Optional(UnixMs), command: Type.String() }),
});
export const getAbout = endpoint({
  method: "GET",
  path: "/api/v1/about",
  tag: "settings",
  audience: "operator",
  permission: "installation.read",
  summary: "Version, uptime, memory",
  reply: About,
});

export const DemoState = object({
  present: Type.Boolean(),
  running: Type.Boolean(),
  devices: Type.Integer(),
  connected: Type.Integer(),
});
export const getDemo = endpoint({
  method: "GET",
  path: "/api/v1/demo",
  tag: "demo",
  audience: "operator",
  permission: "overview.read",
  partial: true,
  summary: "Whether the demo site runs",
  reply: DemoState,
});
export const startDemo = endpoint({
  method: "POST",
  path: "/api/v1/demo",
  tag: "demo",
  audience: "operator",
  permission: "demo.manage",
  records: ["demo.changed"],
  summary: "Add the demo site: 48 simulated devices over the real protocols",
  body: object({}),
  reply: DemoState,
  status: 201,
  errors: ["demo.exists"],
});
export const removeDemo = endpoint({
  method: "DELETE",
  path: "/api/v1/demo",
  tag: "demo",
  audience: "operator",
  permission: "demo.manage",
  records: ["demo.changed"],
  summary: "Remove the demo site with everything it made",
  reply: Done,
  errors: ["demo.not_found"],
});

const Health = object({ ok: Type.Boolean(), checks: Type.Record(Type.String(), Type.Boolean()) });
export const healthz = endpoint({
  method: "GET",
  path: "/healthz",
  tag: "operations",
  audience: "public",
  summary: "The process answers",
  reply: object({ ok: Type.Boolean() }),
});
export const readyz = endpoint({
  method: "GET",
  path: "/readyz",
  tag: "operations",
  audience: "public",
  summary: "Everything needed to serve is up; 503 otherwise",
  reply: Health,
  errors: ["server.stopping", "database.unavailable"],
});
/** From loopback without a session, from elsewhere with permission: the mount checks `loopbackOrPermission`. */
export const metrics = endpoint({
  method: "GET",
  path: "/metrics",
  tag: "operations",
  audience: "operator",
  permission: "installation.read",
  summary: "Prometheus metrics (loopback without a session)",
  contentType: "text/plain; version=0.0.4; charset=utf-8",
  reply: Type.String(),
});
