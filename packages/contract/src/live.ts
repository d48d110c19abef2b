import { type Static, Type } from "typebox";
import { Alert } from "./alerts/index.ts";
import { Command, DeviceLogEntry, DeviceStatus } from "./devices/index.ts";
import { object, UnixMs, Uuid } from "./schemas.ts";

/**
 * The live hub: WebSocket at LIVE_PATH, JSON text frames, session cookie and Origin checked at the upgrade.
 * A browser says what it wants; the server sends the newest values only, merged to one frame per
 * LIVE_FLUSH_MS, so a slow browser gets fewer frames, never old ones. After a reconnect the browser asks
 * for the gap by the history endpoint.
 */
export const LIVE_PATH = "/api/v1/live";
export const LIVE_FLUSH_MS = 50;

/** `watch` replaces the whole subscription. `values: "all"` follows every device of the tenant. */
export const LiveRequest = Type.Union([
  object({
    op: Type.Literal("watch"),
    values: Type.Union([Type.Literal("all"), Type.Array(Uuid, { maxItems: 500 })]),
    /** Devices whose log lines, commands and refusals are wanted too (a device page). */
    details: Type.Array(Uuid, { maxItems: 8 }),
  }),
  object({ op: Type.Literal("ping"), id: Type.Integer() }),
]);
export type LiveRequest = Static<typeof LiveRequest>;

/** Sent in one frame as {type:"batch", …}; absent parts had no news. Everybody gets status, rate, alerts. */
export const LiveFrame = Type.Union([
  object({ type: Type.Literal("hello"), serverMs: UnixMs, sessionId: Uuid }),
  object({
    type: Type.Literal("batch"),
    serverMs: UnixMs,
    /** [deviceId, metric, tsMs, value] — every reading of a watched device, oldest first; under pressure only the newest of each metric. */
    values: Type.Optional(
      Type.Array(
        Type.Tuple([Uuid, Type.String(), UnixMs, Type.Union([Type.Number(), Type.Boolean(), Type.String()])]),
      ),
    ),
    /** True when older values of these metrics were left out because the browser was slow. */
    merged: Type.Optional(Type.Boolean()),
    status: Type.Optional(Type.Array(Type.Tuple([Uuid, DeviceStatus, UnixMs]))),
    /** Devices added, changed or removed: ask the list again. */
    changed: Type.Optional(Type.Array(Uuid)),
    commands: Type.Optional(Type.Array(Command)),
    log: Type.Optional(Type.Array(object({ deviceId: Uuid, entry: DeviceLogEntry }))),
    alerts: Type.Optional(Type.Array(Alert)),
    /** Messages per second now, refusals since start. */
    rate: Type.Optional(object({ perSecond: Type.Number(), refused: Type.Integer() })),
  }),
  /** What this person may do has changed, or an approval that concerns people like them: ask again. */
  object({
    type: Type.Literal("ask_again"),
    about: Type.Union([Type.Literal("access"), Type.Literal("approvals")]),
  }),
  object({ type: Type.Literal("pong"), id: Type.Integer(), serverMs: UnixMs }),
  object({
    type: Type.Literal("bye"),
    code: Type.String({ description: "auth.session_ended or server.stopping" }),
  }),
]);
export type LiveFrame = Static<typeof LiveFrame>;
