import { type Static, Type } from "typebox";
import { endpoint } from "./endpoint.ts";
import {
  DeviceName,
  Done,
  IdParams,
  line,
  MetricKey,
  object,
  page,
  QueryInt,
  stream,
  Tag,
  text,
  UnixMs,
  Uuid,
} from "./schemas.ts";

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

export const Site = object({
  id: Uuid,
  name: Type.String(),
  timeZone: Type.String(),
  deviceCount: Type.Integer(),
  onlineCount: Type.Integer(),
  demo: Type.Boolean(),
});
export type Site = Static<typeof Site>;

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
});
export type Device = Static<typeof Device>;

export const Credential = object({
  id: Uuid,
  kind: Type.Union([Type.Literal("api_key"), Type.Literal("certificate")]),
  /** Public part: the key id, or the certificate's serial. */
  publicId: Type.String(),
  fingerprint: Type.String({ description: "Security tag: first 16 bytes of SHA-256, hex in groups" }),
  createdMs: UnixMs,
  lastUsedMs: Type.Optional(UnixMs),
  expiresMs: Type.Optional(UnixMs),
  revokedMs: Type.Optional(UnixMs),
});
export type Credential = Static<typeof Credential>;

/** Shown once: the server keeps only what it needs to check it. */
export const NewApiKey = object({
  deviceId: Uuid,
  keyId: Type.String(),
  apiKey: Type.String(),
  fingerprint: Type.String(),
});
export type NewApiKey = Static<typeof NewApiKey>;
export const ClaimCode = object({
  code: Type.String(),
  expiresMs: UnixMs,
  url: Type.String({ description: "What the QR code holds" }),
});
export type ClaimCode = Static<typeof ClaimCode>;

export const CommandState = Type.Union([
  Type.Literal("queued"),
  Type.Literal("delivered"),
  Type.Literal("acknowledged"),
  Type.Literal("failed"),
  Type.Literal("expired"),
]);
export type CommandState = Static<typeof CommandState>;
const CommandParams = Type.Record(
  Type.String({ maxLength: 64 }),
  Type.Union([Type.String({ maxLength: 1024 }), Type.Number(), Type.Boolean()]),
  { maxProperties: 16 },
);
export const Command = object({
  id: Uuid,
  deviceId: Uuid,
  key: Type.String(),
  params: CommandParams,
  state: CommandState,
  createdMs: UnixMs,
  expiresMs: UnixMs,
  deliveredMs: Type.Optional(UnixMs),
  endedMs: Type.Optional(UnixMs),
  reason: Type.Optional(Type.String()),
  byName: Type.String(),
});
export type Command = Static<typeof Command>;

export const Refusal = object({
  code: Type.String(),
  via: Type.String(),
  count: Type.Integer(),
  firstMs: UnixMs,
  lastMs: UnixMs,
  detail: Type.Optional(Type.String()),
});
export type Refusal = Static<typeof Refusal>;
export const DeviceLogEntry = object({
  id: Type.String(),
  tsMs: UnixMs,
  kind: Type.String({ description: "log, event, connect, disconnect, refusal, command, credential" }),
  level: Type.String(),
  message: Type.String(),
  data: Type.Optional(Type.Unknown()),
});
export type DeviceLogEntry = Static<typeof DeviceLogEntry>;

/** A key of a catalogue: device type, kind of log line. */
const Word = Type.String({ pattern: "^[A-Za-z0-9_.-]{1,40}$" });
const TimeZone = Type.String({ minLength: 1, maxLength: 64, description: "IANA time zone" });
const tags = Type.Array(Tag, { maxItems: 20, uniqueItems: true });
const intervalMs = Type.Integer({ minimum: 100, maximum: 86_400_000 });

export const listSites = endpoint({
  method: "GET",
  path: "/api/v1/sites",
  tag: "sites",
  audience: "operator",
  permission: "site.read",
  summary: "All sites",
  reply: object({ items: Type.Array(Site) }),
});
export const createSite = endpoint({
  method: "POST",
  path: "/api/v1/sites",
  tag: "sites",
  audience: "operator",
  permission: "site.write",
  summary: "Add a site",
  body: object({ name: line(120), timeZone: TimeZone }),
  reply: Site,
  status: 201,
  errors: ["site.name_taken", "limit.reached"],
});
export const updateSite = endpoint({
  method: "PATCH",
  path: "/api/v1/sites/:id",
  tag: "sites",
  audience: "operator",
  permission: "site.write",
  summary: "Rename a site or change its time zone",
  params: IdParams,
  body: object({ name: Type.Optional(line(120)), timeZone: Type.Optional(TimeZone) }),
  reply: Site,
  errors: ["site.not_found", "site.name_taken"],
});
export const deleteSite = endpoint({
  method: "DELETE",
  path: "/api/v1/sites/:id",
  tag: "sites",
  audience: "operator",
  permission: "site.write",
  summary: "Delete an empty site",
  params: IdParams,
  reply: Done,
  errors: ["site.not_found", "site.not_empty"],
});

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
};
export const listDevices = endpoint({
  method: "GET",
  path: "/api/v1/devices",
  tag: "devices",
  audience: "operator",
  permission: "device.read",
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
  summary: "Counts by status, type, site and tag",
  query: object({ site: Type.Optional(Uuid) }),
  reply: object({
    total: Type.Integer(),
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
  summary: "Delete a device with its history; its connections drop",
  params: IdParams,
  reply: Done,
  errors: ["device.not_found"],
});
export const revokeDevice = endpoint({
  method: "POST",
  path: "/api/v1/devices/:id/revoke",
  tag: "devices",
  audience: "operator",
  permission: "device.credentials",
  summary: "Revoke every credential; connections drop within a second",
  params: IdParams,
  reply: Device,
  errors: ["device.not_found"],
});
export const reinstateDevice = endpoint({
  method: "POST",
  path: "/api/v1/devices/:id/reinstate",
  tag: "devices",
  audience: "operator",
  permission: "device.credentials",
  summary: "Undo a revocation: the device gets a new API key",
  params: IdParams,
  reply: NewApiKey,
  errors: ["device.not_found"],
});
export const listCredentials = endpoint({
  method: "GET",
  path: "/api/v1/devices/:id/credentials",
  tag: "devices",
  audience: "operator",
  permission: "device.read",
  summary: "API keys and certificates, without secrets",
  params: IdParams,
  reply: object({ items: Type.Array(Credential), topics: Type.Array(Type.String()) }),
  errors: ["device.not_found"],
});
export const rotateKey = endpoint({
  method: "POST",
  path: "/api/v1/devices/:id/keys",
  tag: "devices",
  audience: "operator",
  permission: "device.credentials",
  summary: "New API key; the old ones end now or after an overlap",
  params: IdParams,
  body: object({ overlapSeconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 604_800 })) }),
  reply: NewApiKey,
  status: 201,
  errors: ["device.not_found", "device.revoked"],
});
export const revokeCredential = endpoint({
  method: "DELETE",
  path: "/api/v1/devices/:id/credentials/:credentialId",
  tag: "devices",
  audience: "operator",
  permission: "device.credentials",
  summary: "Revoke one credential",
  params: object({ id: Uuid, credentialId: Uuid }),
  reply: Done,
  errors: ["device.not_found"],
});
export const createClaimCode = endpoint({
  method: "POST",
  path: "/api/v1/devices/:id/claim-code",
  tag: "devices",
  audience: "operator",
  permission: "device.credentials",
  summary: "New one-time claim code; earlier ones end",
  params: IdParams,
  body: object({ printed: Type.Optional(Type.Boolean({ description: "24 h instead of 10 min" })) }),
  reply: ClaimCode,
  status: 201,
  errors: ["device.not_found", "device.revoked"],
});
export const issueCertificate = endpoint({
  method: "POST",
  path: "/api/v1/devices/:id/certificate",
  tag: "devices",
  audience: "operator",
  permission: "device.credentials",
  summary: "Client certificate for mutual TLS from a certificate request (PEM, PKCS#10)",
  params: IdParams,
  body: object({
    csrPem: Type.String({ minLength: 64, maxLength: 8192 }),
    validDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 825 })),
  }),
  reply: object({ certificatePem: Type.String(), caPem: Type.String(), credential: Credential }),
  status: 201,
  errors: ["device.not_found", "device.revoked", "request.invalid"],
});
export const sendCommand = endpoint({
  method: "POST",
  path: "/api/v1/devices/:id/commands",
  tag: "devices",
  audience: "operator",
  permission: "device.command",
  summary: "Send a command down to the device",
  params: IdParams,
  body: object({
    key: MetricKey,
    params: CommandParams,
    ttlMs: Type.Optional(Type.Integer({ minimum: 1000, maximum: 604_800_000 })),
  }),
  reply: Command,
  status: 201,
  errors: ["device.not_found", "device.revoked", "device.command_unknown", "limit.reached"],
});
export const listCommands = endpoint({
  method: "GET",
  path: "/api/v1/devices/:id/commands",
  tag: "devices",
  audience: "operator",
  permission: "device.read",
  summary: "Commands, newest first",
  params: IdParams,
  query: object({
    limit: Type.Optional(Type.String({ pattern: "^[0-9]{1,3}$" })),
    before: Type.Optional(QueryInt),
  }),
  reply: stream(Command),
  errors: ["device.not_found"],
});
export const listRefusals = endpoint({
  method: "GET",
  path: "/api/v1/devices/:id/refusals",
  tag: "devices",
  audience: "operator",
  permission: "device.read",
  summary: "What was refused from this device in the last 24 h, by reason",
  params: IdParams,
  reply: object({ items: Type.Array(Refusal), refused: Type.Integer(), accepted: Type.Integer() }),
  errors: ["device.not_found"],
});
export const listDeviceLog = endpoint({
  method: "GET",
  path: "/api/v1/devices/:id/log",
  tag: "devices",
  audience: "operator",
  permission: "device.read",
  summary: "Log, newest first",
  params: IdParams,
  query: object({
    before: Type.Optional(QueryInt),
    limit: Type.Optional(Type.String({ pattern: "^[0-9]{1,3}$" })),
    q: Type.Optional(text(100)),
    kind: Type.Optional(Word),
  }),
  reply: stream(DeviceLogEntry),
  errors: ["device.not_found"],
});

// what devices call
export const claimDevice = endpoint({
  method: "POST",
  path: "/api/v1/devices/claim",
  tag: "device side",
  audience: "public",
  perMinute: 30,
  summary: "Exchange a claim code for the device's API key",
  body: object({ code: Type.String({ minLength: 1, maxLength: 64 }) }),
  reply: object({
    deviceId: Uuid,
    name: Type.String(),
    apiKey: Type.String(),
    fingerprint: Type.String(),
    topics: object({ telemetry: Type.String(), commands: Type.String() }),
  }),
  status: 201,
  errors: ["device.claim_invalid", "auth.throttled"],
});
/** Seed 001's name for the same act: answers API key and security tag. */
export const registerDevice = endpoint({
  method: "POST",
  path: "/api/v1/devices/register",
  tag: "device side",
  audience: "public",
  perMinute: 30,
  summary: "Alias of the claim for IoT-DSMS clients",
  body: object({
    claim_code: Type.String({ minLength: 1, maxLength: 64 }),
    name: Type.Optional(text(120)),
    type: Type.Optional(text(60)),
  }),
  reply: object({ device_id: Uuid, api_key: Type.String(), security_tag: Type.String() }),
  status: 201,
  errors: ["device.claim_invalid", "auth.throttled"],
});
/** Body: one reading or up to 1,000. The handler checks them itself, so that one bad reading does not refuse the others. */
export const ingest = endpoint({
  method: "POST",
  path: "/api/v1/ingest",
  tag: "device side",
  audience: "device",
  summary: "Send one reading {ts?, values} or a batch {readings: […]}",
  bodyLimitBytes: 1_048_576,
  body: Type.Unknown(),
  reply: object({
    accepted: Type.Integer(),
    refused: Type.Array(
      object({ index: Type.Integer(), code: Type.String(), detail: Type.Optional(Type.String()) }),
    ),
  }),
  errors: [
    "message.malformed",
    "message.too_large",
    "message.too_deep",
    "message.schema",
    "message.not_finite",
    "message.out_of_range",
    "message.timestamp",
    "message.rate_limited",
    "device.credentials_invalid",
  ],
});
export const sendLogs = endpoint({
  method: "POST",
  path: "/api/v1/logs/send",
  tag: "device side",
  audience: "device",
  summary: "Send log lines",
  bodyLimitBytes: 262_144,
  body: object({
    logs: Type.Array(
      object({
        ts: Type.Optional(UnixMs),
        level: Type.Optional(
          Type.Union([
            Type.Literal("debug"),
            Type.Literal("info"),
            Type.Literal("warn"),
            Type.Literal("error"),
          ]),
        ),
        // Control characters too: serial consoles send colours and carriage returns.
        message: Type.String({ maxLength: 4096, pattern: "^[^\\u0000]*$" }),
        data: Type.Optional(Type.Unknown()),
      }),
      { minItems: 1, maxItems: 500 },
    ),
  }),
  reply: object({
    accepted: Type.Integer(),
    refused: Type.Integer({ description: "Beyond 50 lines a second, or too large" }),
  }),
  errors: ["message.rate_limited", "device.credentials_invalid"],
});
/** For devices that cannot hold a connection open: wait here for a command. Handing it over counts as delivered. */
export const nextCommand = endpoint({
  method: "GET",
  path: "/api/v1/commands/next",
  tag: "device side",
  audience: "device",
  summary: "Oldest waiting command; waits up to 25 s for one, answers without it otherwise",
  query: object({ waitMs: Type.Optional(Type.String({ pattern: "^[0-9]{1,5}$" })) }),
  reply: object({ command: Type.Optional(Command) }),
  errors: ["device.credentials_invalid", "server.stopping"],
});
export const answerCommand = endpoint({
  method: "POST",
  path: "/api/v1/commands/:id/answer",
  tag: "device side",
  audience: "device",
  summary: "Say whether a command was obeyed; answers the state it is in now",
  params: IdParams,
  body: object({ ok: Type.Boolean(), reason: Type.Optional(text(200)) }),
  reply: object({ state: CommandState }),
  errors: ["device.command_not_found", "device.credentials_invalid"],
});
