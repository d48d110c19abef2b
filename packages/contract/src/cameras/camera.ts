import { type Static, Type } from "typebox";
import { endpoint } from "../endpoint.ts";
import { IdParams, object, page, QueryInt, text, UnixMs, Uuid } from "../schemas.ts";
import { DEFAULT_DETECTION_SETTINGS, DetectionSettings } from "./detection.ts";
import { Polygon, Zone } from "./picture.ts";
import { ScheduleSpan } from "./schedule-span.ts";

/**
 * `live`: frames come. `silent`: it sent frames and stopped. `never`: none came yet. `flooding`: more comes than is
 * taken. `off`: switched off here.
 */
export const CAMERA_STATES = ["live", "silent", "never", "flooding", "off"] as const;
export const CameraState = Type.Unsafe<(typeof CAMERA_STATES)[number]>(
  Type.Union(CAMERA_STATES.map((state) => Type.Literal(state))),
);
export type CameraState = Static<typeof CameraState>;

/** Since the server's start, but for the pace, which is of the last ten seconds, and the newest frame, which may be older. */
export const CameraHealth = object({
  framesPerSecond: Type.Number(),
  bytesPerSecond: Type.Number(),
  /** Of the newest frame. */
  frameBytes: Type.Optional(Type.Integer()),
  width: Type.Optional(Type.Integer()),
  height: Type.Optional(Type.Integer()),
  lastFrameMs: Type.Optional(UnixMs),
  frames: Type.Integer(),
  /** Times in which nothing came for longer than five seconds. */
  gaps: Type.Integer(),
  /** Frames that were refused, by code: `frame.no_end`, `frame.rate` … */
  refused: Type.Record(Type.String(), Type.Integer()),
  /** Frames left out because the masks of the one before were not drawn yet. */
  skipped: Type.Integer(),
  /** What drawing the masks of the newest frame took; absent without masks. */
  maskMs: Type.Optional(Type.Number()),
  /** Which share of a core it takes to make pictures of its video, where masks need that. */
  convertRatio: Type.Optional(Type.Number()),
  /** The camera's clock minus the server's; absent while it sends none. */
  clockAheadMs: Type.Optional(Type.Integer()),
  /** How it is connected now: `websocket`, `channel`, `agent`, `pull`, `grpc`. */
  via: Type.Optional(Type.String()),
  /** Of a source that is fetched: why it delivers nothing, or not everything (SOURCE_PROBLEMS). */
  problem: Type.Optional(Type.String()),
  /** Why nobody is looked for in its pictures, though that is wanted: code of an error. */
  detectionProblem: Type.Optional(Type.String()),
});
export type CameraHealth = Static<typeof CameraHealth>;

export const RECORDING_MODES = ["off", "events", "continuous", "schedule"] as const;
export const RecordingMode = Type.Unsafe<(typeof RECORDING_MODES)[number]>(
  Type.Union(RECORDING_MODES.map((mode) => Type.Literal(mode))),
);
export type RecordingMode = Static<typeof RecordingMode>;

const Days = Type.Integer({ minimum: 1, maximum: 3_650 });

/** What an organisation chooses for one camera. */
export const CameraSettings = object({
  /** Off: nothing is taken from it, nobody sees it. */
  enabled: Type.Boolean(),
  recording: object({
    mode: RecordingMode,
    /**
     * `server`: here. `agent`: the camera's own machine seals and signs, and brings it here. `agent_only`: it keeps it,
     * and tells only what happened. Cameras without such a machine are recorded here all the same.
     */
    place: Type.Union([Type.Literal("server"), Type.Literal("agent"), Type.Literal("agent_only")]),
    /** In mode `schedule`: continuous inside, nothing outside. */
    schedule: Type.Array(ScheduleSpan, { maxItems: 20 }),
    /** Kept before and after an event. */
    preRollSeconds: Type.Integer({ minimum: 0, maximum: 600 }),
    postRollSeconds: Type.Integer({ minimum: 0, maximum: 600 }),
    /** What has no motion, what has, and what belongs to an event is kept this long at most. */
    continuousDays: Days,
    motionDays: Days,
    eventDays: Days,
  }),
  motion: object({
    enabled: Type.Boolean(),
    /** 1 sees people who fill the picture, 100 sees every leaf. */
    sensitivity: Type.Integer({ minimum: 1, maximum: 100 }),
    /** An event ends when nothing moved for this long. */
    endAfterSeconds: Type.Integer({ minimum: 1, maximum: 120 }),
    zones: Type.Array(Zone, { maxItems: 16 }),
  }),
  detection: DetectionSettings,
  /** Blackened before anything is shown, judged or kept. Each frame is decoded and encoded again for it. */
  masks: Type.Array(Polygon, { maxItems: 16 }),
  /** Refused above; 1…60. */
  maxFramesPerSecond: Type.Integer({ minimum: 1, maximum: 60 }),
});
export type CameraSettings = Static<typeof CameraSettings>;

export const DEFAULT_CAMERA_SETTINGS: CameraSettings = {
  enabled: true,
  recording: {
    mode: "continuous",
    place: "server",
    schedule: [],
    preRollSeconds: 15,
    postRollSeconds: 10,
    continuousDays: 7,
    motionDays: 14,
    eventDays: 30,
  },
  motion: { enabled: true, sensitivity: 50, endAfterSeconds: 8, zones: [] },
  detection: DEFAULT_DETECTION_SETTINGS,
  masks: [],
  maxFramesPerSecond: 30,
};

/** A device whose type has pictures. */
export const Camera = object({
  id: Uuid,
  name: Type.String(),
  /** What people call it; may be empty, and then the name stands for it. */
  label: Type.String(),
  typeId: Type.String(),
  siteId: Uuid,
  siteName: Type.String(),
  state: CameraState,
  health: CameraHealth,
  settings: CameraSettings,
  /** For `updateCamera`: refused when somebody changed them meanwhile. */
  settingsMs: UnixMs,
  /** Whether what comes is being written: false five seconds after the last frame. */
  recording: Type.Boolean(),
  /** Whether something moves now; absent where nobody looks for it. */
  moving: Type.Optional(Type.Boolean()),
  demo: Type.Boolean(),
});
export type Camera = Static<typeof Camera>;

const tag = "cameras";
const camera = { kind: "device", param: "id" } as const;
const notFound = ["device.not_found", "camera.none"] as const;

export const listCameras = endpoint({
  method: "GET",
  path: "/api/v1/cameras",
  tag,
  audience: "operator",
  permission: "camera.view",
  partial: true,
  summary: "Cameras with their state and health, by site and what people call them",
  query: object({
    q: Type.Optional(text(100)),
    site: Type.Optional(Uuid),
    offset: Type.Optional(QueryInt),
    limit: Type.Optional(Type.String({ pattern: "^[0-9]{1,3}$" })),
  }),
  reply: page(Camera),
});
export const getCamera = endpoint({
  method: "GET",
  path: "/api/v1/cameras/:id",
  tag,
  audience: "operator",
  permission: "camera.view",
  resource: camera,
  summary: "One camera",
  params: IdParams,
  reply: Camera,
  errors: notFound,
});
export const updateCamera = endpoint({
  method: "PUT",
  path: "/api/v1/cameras/:id/settings",
  tag,
  audience: "operator",
  permission: "camera.write",
  resource: camera,
  records: ["camera.changed"],
  summary: "Change what is recorded, watched and hidden",
  params: IdParams,
  body: object({ settings: CameraSettings, settingsMs: UnixMs }),
  reply: Camera,
  errors: [...notFound, "detector.not_found", "request.conflict"],
});
export const getSnapshot = endpoint({
  method: "GET",
  path: "/api/v1/cameras/:id/snapshot",
  tag,
  audience: "operator",
  permission: "camera.view",
  resource: camera,
  summary: "The newest frame, of video the newest key frame; never an old one",
  params: IdParams,
  reply: Type.Unknown(),
  contentType: "image/jpeg",
  errors: [...notFound, "camera.off", "camera.no_picture", "ffmpeg.missing", "server.busy"],
});
export const watchMultipart = endpoint({
  method: "GET",
  path: "/api/v1/cameras/:id/stream",
  tag,
  audience: "operator",
  permission: "camera.view",
  resource: camera,
  summary: "Frames as multipart/x-mixed-replace, for <img> and other programs",
  params: IdParams,
  query: object({ fps: Type.Optional(Type.String({ pattern: "^[0-9]{1,2}$" })) }),
  reply: Type.Unknown(),
  contentType: "multipart/x-mixed-replace",
  errors: [...notFound, "camera.off", "camera.no_picture", "ffmpeg.missing", "server.busy"],
});
