import { type Static, Type } from "typebox";
import { object, UnixMs, Uuid } from "../schemas.ts";
import { FoundBox } from "./detection.ts";

/**
 * Live pictures: WebSocket, session cookie and Origin checked at the upgrade. The browser says which cameras it shows
 * (`watch` replaces the choice) and, after drawing a frame, `drawn` with its number, which stands for those sent before it
 * too: the server keeps at most LIVE_CREDITS frames of a camera on the way to one viewer, and then sends the newest, never
 * an old one. Whoever is slow gets fewer frames, not later ones. Initialisations of video (kind 2) need no `drawn`.
 *
 * Binary frames, big-endian: kind u8 (FRAME_KINDS) · 3 zero · number u32 · taken (ms since 1970) u64 · camera 16 · bytes.
 */
export const CAMERAS_LIVE_PATH = "/api/v1/cameras/live";
export const CAMERAS_LIVE_HEADER_BYTES = 32;
export const LIVE_CREDITS = 3;
/** Cameras of one connection. */
export const MAX_WATCHED = 36;
/** How often the server says that it is there, also while no camera sends. */
export const CAMERAS_LIVE_ALIVE_MS = 10_000;

export const CameraLiveRequest = Type.Union([
  object({
    op: Type.Literal("watch"),
    cameras: Type.Array(
      object({
        id: Uuid,
        maxFps: Type.Optional(Type.Integer({ minimum: 1, maximum: 60 })),
        /** Whether what is found in its pictures is told too. */
        found: Type.Optional(Type.Boolean()),
      }),
      { maxItems: MAX_WATCHED },
    ),
  }),
  object({
    op: Type.Literal("drawn"),
    camera: Uuid,
    number: Type.Integer({ minimum: 0, maximum: 4_294_967_295 }),
  }),
]);
export type CameraLiveRequest = Static<typeof CameraLiveRequest>;

/** Text frames of the server. */
export const CameraLiveNote = Type.Union([
  object({ type: Type.Literal("hello"), serverMs: UnixMs }),
  object({ type: Type.Literal("alive"), serverMs: UnixMs }),
  /** Of each watched camera at first and whenever it changes: a CameraState, or `none` for one that is hidden or is none. */
  object({ type: Type.Literal("state"), camera: Uuid, state: Type.String() }),
  /**
   * Where it was wanted: what the newest look found, before the next frame that is sent. After a look that found
   * nothing only once; what an old look found is no longer so.
   */
  object({
    type: Type.Literal("found"),
    camera: Uuid,
    atMs: UnixMs,
    boxes: Type.Array(FoundBox),
  }),
  object({ type: Type.Literal("bye"), code: Type.String() }),
]);
export type CameraLiveNote = Static<typeof CameraLiveNote>;

/**
 * Where cameras send plain JPEG: WebSocket, one binary message a frame, the device's key as Bearer, Basic or `?token=`.
 * Text of the server: {"refused": code} when a frame is not taken, at most once a second.
 */
export const CAMERAS_FEED_PATH = "/api/v1/cameras/feed";
