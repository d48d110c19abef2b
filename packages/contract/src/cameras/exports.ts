import { type Static, Type } from "typebox";
import { endpoint } from "../endpoint.ts";
import { Done, IdParams, object, UnixMs, Uuid } from "../schemas.ts";

/** `mp4`: a film. `frames`: every frame as the camera sent it, with what proves it (docs/verify.md, A clip). */
export const EXPORT_FORMS = ["mp4", "frames"] as const;
export const ExportForm = Type.Unsafe<(typeof EXPORT_FORMS)[number]>(
  Type.Union(EXPORT_FORMS.map((form) => Type.Literal(form))),
);
export type ExportForm = Static<typeof ExportForm>;

export const EXPORT_STATES = ["waiting", "running", "done", "failed", "cancelled"] as const;
export const ExportState = Type.Unsafe<(typeof EXPORT_STATES)[number]>(
  Type.Union(EXPORT_STATES.map((state) => Type.Literal(state))),
);
export type ExportState = Static<typeof ExportState>;

/** The longest span of one export. */
export const MAX_EXPORT_MS = 86_400_000;
/** How many times as fast as it happened. */
export const MAX_EXPORT_SPEED = 64;

export const RecordingExport = object({
  id: Uuid,
  cameraId: Uuid,
  /** Empty when the camera is gone. */
  cameraName: Type.String(),
  cameraLabel: Type.String(),
  fromMs: UnixMs,
  toMs: UnixMs,
  form: ExportForm,
  speed: Type.Integer({ minimum: 1, maximum: MAX_EXPORT_SPEED }),
  state: ExportState,
  /** 0 … 1. */
  progress: Type.Number({ minimum: 0, maximum: 1 }),
  /** While it runs, as far as it can be told. */
  leftMs: Type.Optional(Type.Integer({ minimum: 0 })),
  askedMs: UnixMs,
  endedMs: Type.Optional(UnixMs),
  /** From then on it is gone. */
  expiresMs: Type.Optional(UnixMs),
  /** 0 until it is done. */
  bytes: Type.Integer({ minimum: 0 }),
  frames: Type.Integer({ minimum: 0 }),
  /** Parts of the recording that did not open as they were sealed, and are not in it. */
  damaged: Type.Integer({ minimum: 0 }),
  /** Code of what went wrong. */
  error: Type.Optional(Type.String()),
});
export type RecordingExport = Static<typeof RecordingExport>;

const tag = "recordings";
const resource = { kind: "recording_export", param: "id" } as const;
const permission = "recording.export";
const SPAN_ERRORS = ["device.not_found", "camera.none", "segment.range_invalid"] as const;

export const createRecordingExport = endpoint({
  method: "POST",
  path: "/api/v1/recordings/exports",
  tag,
  audience: "operator",
  permission,
  partial: true,
  records: ["recording.exported"],
  summary: "Take a span of one camera's recording out; the same span again answers what is there already",
  body: object({
    cameraId: Uuid,
    fromMs: UnixMs,
    toMs: UnixMs,
    form: ExportForm,
    speed: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_EXPORT_SPEED })),
  }),
  reply: RecordingExport,
  errors: [...SPAN_ERRORS, "export.empty", "export.too_many", "export.no_room", "ffmpeg.missing"],
});
export const estimateRecordingExport = endpoint({
  method: "POST",
  path: "/api/v1/recordings/exports/estimate",
  tag,
  audience: "operator",
  permission,
  partial: true,
  unrecorded: "reads only; a body because a span has three members",
  summary: "What there is to take out in a span, and whether this server can make films of pictures",
  body: object({ cameraId: Uuid, fromMs: UnixMs, toMs: UnixMs }),
  reply: object({
    /** In the span, as it is recorded. */
    bytes: Type.Integer({ minimum: 0 }),
    frames: Type.Integer({ minimum: 0 }),
    /** Of the whole segments that it touches: about what an archive of frames takes. */
    whole: object({ bytes: Type.Integer({ minimum: 0 }), frames: Type.Integer({ minimum: 0 }) }),
    /** Whether a film of this span can be made here. */
    canMakeFilm: Type.Boolean(),
  }),
  errors: SPAN_ERRORS,
});
export const noteBrowserExport = endpoint({
  method: "POST",
  path: "/api/v1/recordings/exports/in-browser",
  tag,
  audience: "operator",
  permission,
  partial: true,
  records: ["recording.exported"],
  summary: "Say that a browser makes a film of a span by itself, before it reads the first frame",
  body: object({ cameraId: Uuid, fromMs: UnixMs, toMs: UnixMs }),
  reply: Done,
  errors: SPAN_ERRORS,
});
export const listRecordingExports = endpoint({
  method: "GET",
  path: "/api/v1/recordings/exports",
  tag,
  audience: "operator",
  permission,
  partial: true,
  summary: "What was taken out and is still there, the newest first",
  reply: object({ items: Type.Array(RecordingExport) }),
});
export const getRecordingExport = endpoint({
  method: "GET",
  path: "/api/v1/recordings/exports/:id",
  tag,
  audience: "operator",
  permission,
  resource,
  summary: "One of them, with how far it is",
  params: IdParams,
  reply: RecordingExport,
  errors: ["export.not_found"],
});
export const getRecordingExportContent = endpoint({
  method: "GET",
  path: "/api/v1/recordings/exports/:id/content",
  tag,
  audience: "operator",
  permission,
  resource,
  summary: "The film (video/mp4) or the archive (application/zip), by range (RFC 9110 §14)",
  params: IdParams,
  reply: Type.Unknown(),
  contentType: "application/octet-stream",
  errors: ["export.not_found", "export.not_ready", "export.damaged", "segment.range_unsatisfiable"],
});
export const cancelRecordingExport = endpoint({
  method: "POST",
  path: "/api/v1/recordings/exports/:id/cancel",
  tag,
  audience: "operator",
  permission,
  resource,
  unrecorded: "gives up the making of a copy",
  summary: "Give it up; one that is done stays",
  params: IdParams,
  body: object({}),
  reply: RecordingExport,
  errors: ["export.not_found"],
});
export const deleteRecordingExport = endpoint({
  method: "DELETE",
  path: "/api/v1/recordings/exports/:id",
  tag,
  audience: "operator",
  permission,
  resource,
  unrecorded: "takes away a copy; what is recorded stays",
  summary: "Destroy its key and file",
  params: IdParams,
  reply: Done,
  errors: ["export.not_found"],
});
