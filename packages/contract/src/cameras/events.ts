import { type Static, Type } from "typebox";
import { endpoint } from "../endpoint.ts";
import { IdParams, object, page, QueryInt, UnixMs, Uuid } from "../schemas.ts";

export const CAMERA_EVENT_KINDS = ["motion", "device"] as const;

/** Something happened before a camera. Times are the server's, of the frames that showed it. */
export const CameraEvent = object({
  id: Uuid,
  cameraId: Uuid,
  cameraName: Type.String(),
  /** What people call it; may be empty. */
  cameraLabel: Type.String(),
  kind: Type.Unsafe<(typeof CAMERA_EVENT_KINDS)[number]>(
    Type.Union(CAMERA_EVENT_KINDS.map((kind) => Type.Literal(kind))),
  ),
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

const tag = "cameras";

export const listCameraEvents = endpoint({
  method: "GET",
  path: "/api/v1/camera-events",
  tag,
  audience: "operator",
  permission: "recording.view",
  partial: true,
  summary: "Events of cameras, the newest first",
  query: object({
    camera: Type.Optional(Uuid),
    /** Where the camera is now. */
    site: Type.Optional(Uuid),
    /** Comma-separated kinds. */
    kinds: Type.Optional(Type.String({ maxLength: 100, pattern: "^[a-z_,]*$" })),
    fromMs: Type.Optional(QueryInt),
    toMs: Type.Optional(QueryInt),
    /** Start and id of the last one of the page before, as `startMs.id`. */
    before: Type.Optional(Type.String({ maxLength: 60 })),
    limit: Type.Optional(Type.String({ pattern: "^[0-9]{1,3}$" })),
  }),
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
