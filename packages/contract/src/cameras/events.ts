import { type Static, Type } from "typebox";
import { endpoint } from "../endpoint.ts";
import { IdParams, object, page, text, UnixMs, Uuid } from "../schemas.ts";
import { EventDetection, FoundBox, Verdict } from "./detection.ts";
import { EventPageQuery } from "./event-query.ts";

/** `person`: somebody was found. `object`: something else that is looked for. `device`: the camera noticed by itself. */
export const CAMERA_EVENT_KINDS = ["motion", "device", "person", "object"] as const;
export const CameraEventKind = Type.Unsafe<(typeof CAMERA_EVENT_KINDS)[number]>(
  Type.Union(CAMERA_EVENT_KINDS.map((kind) => Type.Literal(kind))),
);
export type CameraEventKind = Static<typeof CameraEventKind>;

/** Something happened before a camera. Times are the server's, of the frames that showed it. */
export const CameraEvent = object({
  id: Uuid,
  cameraId: Uuid,
  cameraName: Type.String(),
  /** What people call it; may be empty. */
  cameraLabel: Type.String(),
  kind: CameraEventKind,
  startMs: UnixMs,
  /** Absent while it goes on. */
  endMs: Type.Optional(UnixMs),
  /** Largest share of the watched cells that one moving thing covered, 0…1; 0 when the camera noticed by itself. */
  strength: Type.Number(),
  zones: Type.Array(Type.String()),
  /** The frame that shows it best. */
  bestMs: UnixMs,
  /** Whether all, some or none of its time is still recorded. */
  recorded: Type.Union([Type.Literal("all"), Type.Literal("part"), Type.Literal("none")]),
  /** It is recorded, but kept by the camera's own machine. */
  keptAtCamera: Type.Boolean(),
  /** Of kinds `person` and `object`. */
  detection: Type.Optional(EventDetection),
  /** What people decided last. */
  verdict: Type.Optional(
    object({ verdict: Verdict, byName: Type.String(), atMs: UnixMs, note: text(2_000) }),
  ),
  /** Where another program that handed the event over keeps its clip; nobody here vouches for it. */
  handedOver: Type.Optional(object({ clip: text(2_000), source: text(120) })),
  /** Where it was collected; in lists, for whoever may see cases. */
  cases: Type.Optional(Type.Array(object({ id: Uuid, number: Type.Integer(), title: Type.String() }))),
});
export type CameraEvent = Static<typeof CameraEvent>;

/** What the gate sees now, for whoever sets its sensitivity: rows of cells from the top left, 0 still … 9 strongest. */
export const MotionView = object({
  columns: Type.Integer(),
  rows: Type.Integer(),
  /** `rows` strings of `columns` digits; `-` where nobody looks. */
  cells: Type.Array(Type.String()),
  /** Share of the watched cells that the largest moving thing covers, and from where on it counts. */
  share: Type.Number(),
  threshold: Type.Number(),
  /** Too dark to judge. */
  dark: Type.Boolean(),
  atMs: UnixMs,
  /** Who judges: this server, or the camera's own machine, which tells about once a second. */
  by: Type.Union([Type.Literal("server"), Type.Literal("agent")]),
});
export type MotionView = Static<typeof MotionView>;

/**
 * Why a camera's own machine looks with another model than the chosen one: that is on its way, came damaged, does not
 * open, fails, finds no room, or is a detector elsewhere, which this server alone asks.
 */
export const INSTEAD_REASONS = ["coming", "damaged", "invalid", "failed", "no_room", "elsewhere"] as const;

/** What the detector found in the newest picture it looked at, and how it is getting on. */
export const DetectionView = object({
  /** `still`: nothing moves, and it looks now and then. `busy`: others come first. `failed`: see `problem`. */
  state: Type.Union([
    Type.Literal("off"),
    Type.Literal("still"),
    Type.Literal("looking"),
    Type.Literal("busy"),
    Type.Literal("failed"),
    Type.Literal("no_picture"),
  ]),
  /** Why it cannot look: code of an error. */
  problem: Type.Optional(Type.String()),
  /** Name of the model; empty before it is loaded. */
  model: Type.String(),
  /** Of the newest look; absent before the first. */
  atMs: Type.Optional(UnixMs),
  boxes: Type.Array(FoundBox),
  /** What one look takes, with making the picture; mean of the newest. */
  lookMs: Type.Number(),
  looksPerSecond: Type.Number(),
  by: Type.Union([Type.Literal("server"), Type.Literal("agent")]),
  /** Another model was chosen for the camera than its own machine looks with. */
  instead: Type.Optional(
    object({
      wanted: Type.String(),
      why: Type.Unsafe<(typeof INSTEAD_REASONS)[number]>(
        Type.Union(INSTEAD_REASONS.map((why) => Type.Literal(why))),
      ),
      /** How much of it came, 0…1. */
      share: Type.Number(),
    }),
  ),
});
export type DetectionView = Static<typeof DetectionView>;

const tag = "cameras";

export const listCameraEvents = endpoint({
  method: "GET",
  path: "/api/v1/camera-events",
  tag,
  audience: "operator",
  permission: "recording.view",
  partial: true,
  summary: "Events of cameras, the newest first",
  query: EventPageQuery,
  reply: page(CameraEvent),
});
export const getCameraEvent = endpoint({
  method: "GET",
  path: "/api/v1/camera-events/:id",
  tag,
  audience: "operator",
  permission: "recording.view",
  resource: { kind: "camera_event", param: "id" },
  summary: "One event of a camera",
  params: IdParams,
  reply: CameraEvent,
  errors: ["camera_event.not_found"],
});
export const getCameraEventPicture = endpoint({
  method: "GET",
  path: "/api/v1/camera-events/:id/picture",
  tag,
  audience: "operator",
  permission: "recording.view",
  resource: { kind: "camera_event", param: "id" },
  summary:
    "The one recorded frame that shows it best, of video the key frame before it; in the audit log as a look at an event",
  params: IdParams,
  reply: Type.Unknown(),
  contentType: "image/jpeg",
  errors: ["camera_event.not_found", "camera.no_picture", "segment.damaged", "ffmpeg.missing", "server.busy"],
});
export const getMotionView = endpoint({
  method: "GET",
  path: "/api/v1/cameras/:id/motion",
  tag,
  audience: "operator",
  permission: "camera.view",
  resource: { kind: "device", param: "id" },
  summary: "What the motion gate sees in the newest frame",
  params: IdParams,
  reply: MotionView,
  errors: ["device.not_found", "camera.none", "camera.no_picture"],
});
export const getDetectionView = endpoint({
  method: "GET",
  path: "/api/v1/cameras/:id/detection",
  tag,
  audience: "operator",
  permission: "camera.view",
  resource: { kind: "device", param: "id" },
  summary: "What the detector found in the newest picture it looked at",
  params: IdParams,
  reply: DetectionView,
  errors: ["device.not_found", "camera.none"],
});
