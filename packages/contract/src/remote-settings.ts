import { type Static, Type } from "typebox";
import { endpoint } from "./endpoint.ts";
import { IdParams, line, object, UnixMs } from "./schemas.ts";

/** Versions that are kept of one device; the oldest go. */
export const SETTINGS_VERSIONS_KEPT = 100;

const BODY_LIMIT_BYTES = 16 * 1024;

/** What a person wants set on a device, under the schema of its type; what it does not name stays the device's own. */
const SettingsDocument = Type.Record(Type.String({ maxLength: 64 }), Type.Unknown(), { maxProperties: 32 });

/** From 1 on, rising; a report of more is nonsense. */
const Version = Type.Integer({ minimum: 0, maximum: 1_000_000_000 });

const Name = Type.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9_:.-]{0,63}$" });

/** Content type 10, up: what a device says of its settings, at the start of each session and after each change. */
export const SettingsReport = object({
  kind: Type.Literal("settings"),
  /** Of the settings in force; 0: it has none from us. */
  version: Version,
  /** The version it refused last, and why. */
  refused: Type.Optional(object({ version: Version, reason: line(200) })),
  /** Whether its owner lets it take any. */
  takes: Type.Boolean(),
  /** All that is in force, its own and ours. */
  settings: SettingsDocument,
  /** What only its owner can set: commands that may run, LEDs that may be switched. */
  commands: Type.Array(Name, { maxItems: 64 }),
  leds: Type.Array(Name, { maxItems: 32 }),
});
export type SettingsReport = Static<typeof SettingsReport>;

/**
 * `none` nothing was ever set, `pending` the device has not said that it has the version, `applied` it has it,
 * `refused` it said no, `ahead` it has a later version than this server knows: a backup was restored.
 */
export const SettingsState = Type.Union([
  Type.Literal("none"),
  Type.Literal("pending"),
  Type.Literal("applied"),
  Type.Literal("refused"),
  Type.Literal("ahead"),
]);
export type SettingsState = Static<typeof SettingsState>;

export const SettingsVersion = object({
  version: Version,
  settings: SettingsDocument,
  atMs: UnixMs,
  byName: Type.String(),
  /** The version whose content it took over again. */
  restores: Type.Optional(Version),
});
export type SettingsVersion = Static<typeof SettingsVersion>;

export const RemoteSettings = object({
  state: SettingsState,
  /** The newest; absent before the first. */
  wanted: Type.Optional(SettingsVersion),
  /** Of `refused`, in the device's words. */
  refusedReason: Type.Optional(Type.String()),
  /** As the device said last; absent until then. */
  device: Type.Optional(
    object({
      atMs: UnixMs,
      version: Version,
      takes: Type.Boolean(),
      /** Absent when this server does not know what the device calls settings. */
      settings: Type.Optional(SettingsDocument),
      commands: Type.Array(Type.String()),
      leds: Type.Array(Type.String()),
    }),
  ),
});
export type RemoteSettings = Static<typeof RemoteSettings>;

export const SettingsProblem = object({
  at: Type.String({ description: "Path with dots; empty: the document itself" }),
  rule: Type.Union([
    Type.Literal("unknown"),
    Type.Literal("type"),
    Type.Literal("minimum"),
    Type.Literal("maximum"),
    Type.Literal("choice"),
    Type.Literal("text"),
    Type.Literal("length"),
  ]),
  limit: Type.Optional(Type.String({ description: "The bound, or the values there are to choose from" })),
});
export type SettingsProblem = Static<typeof SettingsProblem>;

const after = Type.Integer({
  minimum: 0,
  description: "Version that was read, 0 for none: guards against overwriting another's change",
});

const shared = {
  tag: "remote settings",
  audience: "operator",
  params: IdParams,
} as const;

export const getRemoteSettings = endpoint({
  ...shared,
  method: "GET",
  path: "/api/v1/devices/:id/remote-settings",
  permission: "device.read",
  resource: { kind: "device", param: "id" },
  summary: "Settings wanted on a device, and what the device says of them",
  reply: RemoteSettings,
  errors: ["device.not_found", "settings.not_taken"],
});
export const listSettingsVersions = endpoint({
  ...shared,
  method: "GET",
  path: "/api/v1/devices/:id/remote-settings/versions",
  permission: "device.read",
  resource: { kind: "device", param: "id" },
  summary: "Earlier versions, newest first",
  reply: object({ items: Type.Array(SettingsVersion, { maxItems: SETTINGS_VERSIONS_KEPT }) }),
  errors: ["device.not_found", "settings.not_taken"],
});
export const checkRemoteSettings = endpoint({
  ...shared,
  method: "POST",
  path: "/api/v1/devices/:id/remote-settings/check",
  permission: "device.configure",
  resource: { kind: "device", param: "id" },
  unrecorded: "changes nothing",
  summary: "What is wrong with settings, before they are saved",
  body: object({ settings: Type.Unknown() }),
  bodyLimitBytes: BODY_LIMIT_BYTES,
  reply: object({ problems: Type.Array(SettingsProblem) }),
  errors: ["device.not_found", "settings.not_taken"],
});
export const setRemoteSettings = endpoint({
  ...shared,
  method: "PUT",
  path: "/api/v1/devices/:id/remote-settings",
  permission: "device.configure",
  resource: { kind: "device", param: "id" },
  records: ["device.configured"],
  summary: "Set these settings on a device, as its next version",
  body: object({ settings: SettingsDocument, after }),
  bodyLimitBytes: BODY_LIMIT_BYTES,
  reply: RemoteSettings,
  errors: [
    "device.not_found",
    "device.revoked",
    "settings.not_taken",
    "settings.not_valid",
    "request.conflict",
  ],
});
export const restoreSettingsVersion = endpoint({
  ...shared,
  method: "POST",
  path: "/api/v1/devices/:id/remote-settings/restore",
  permission: "device.configure",
  resource: { kind: "device", param: "id" },
  records: ["device.configured"],
  summary: "Set the content of an earlier version again, as the next version",
  body: object({ version: Type.Integer({ minimum: 1 }), after }),
  reply: RemoteSettings,
  errors: [
    "device.not_found",
    "device.revoked",
    "settings.not_taken",
    "settings.not_valid",
    "settings.version_not_found",
    "request.conflict",
  ],
});
