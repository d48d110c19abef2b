import { type Static, Type } from "typebox";
import { endpoint } from "../endpoint.ts";
import { IdParams, object, UnixMs, Uuid } from "../schemas.ts";

const Bytes = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/** How much an organisation keeps. The caps are of the bytes of files, whatever the days of each camera say. */
export const RecordingPolicy = object({
  /** Of everything that no event pins. */
  ringBytes: Type.Integer({ minimum: 50_000_000, maximum: Number.MAX_SAFE_INTEGER }),
  /** Of what events pin. */
  pinnedBytes: Type.Integer({ minimum: 50_000_000, maximum: Number.MAX_SAFE_INTEGER }),
});
export type RecordingPolicy = Static<typeof RecordingPolicy>;

export const RecordingStorage = object({
  policy: RecordingPolicy,
  policyMs: UnixMs,
  ring: object({ segments: Type.Integer(), bytes: Bytes }),
  pinned: object({ segments: Type.Integer(), bytes: Bytes }),
  /** What people took out and is still there; beside the caps. */
  exports: object({ count: Type.Integer(), bytes: Bytes }),
  oldestMs: Type.Optional(UnixMs),
  /** Of the disk on which recordings lie. */
  disk: object({ freeBytes: Bytes, totalBytes: Bytes }),
  /** Why nothing is written now: `disk_full`, `pinned_full`, `failed`. */
  paused: Type.Optional(Type.String()),
  /** The organisation's key that wraps the keys of new recordings; absent before the first recording. */
  key: Type.Optional(object({ generation: Type.Integer(), madeMs: UnixMs })),
  /** While keys are wrapped anew: segments whose keys are under the old one still. */
  rewrap: Type.Optional(object({ remaining: Type.Integer(), total: Type.Integer() })),
  /** Segments of the last 24 hours. */
  sealedToday: Type.Integer(),
  cameras: Type.Array(
    object({
      cameraId: Uuid,
      name: Type.String(),
      /** What people call it; may be empty. */
      label: Type.String(),
      segments: Type.Integer(),
      bytes: Bytes,
      oldestMs: Type.Optional(UnixMs),
      bytesPerDay: Bytes,
    }),
  ),
});
export type RecordingStorage = Static<typeof RecordingStorage>;

/** Of one camera in a span that is divided into equal buckets: what there is to see, never per frame. */
export const Lane = object({
  cameraId: Uuid,
  /** Spans with recordings, [from, to], merged where less than two seconds, or than a bucket, are missing. */
  recorded: Type.Array(Type.Tuple([UnixMs, UnixMs])),
  /** A bucket each: strength of motion 0…9 as a digit, `-` where nothing is recorded. */
  density: Type.String(),
  events: Type.Array(
    object({
      id: Uuid,
      kind: Type.String(),
      startMs: UnixMs,
      endMs: Type.Optional(UnixMs),
    }),
  ),
  /** There are more events in the span than are listed. */
  more: Type.Boolean(),
});
export type Lane = Static<typeof Lane>;

/** `sealed`: signed and whole. `unsigned`: ended by a crash, at most its last minute. `open`: being written. */
export const SEGMENT_STATES = ["open", "sealed", "unsigned", "damaged"] as const;
export const Segment = object({
  id: Uuid,
  cameraId: Uuid,
  state: Type.Unsafe<(typeof SEGMENT_STATES)[number]>(
    Type.Union(SEGMENT_STATES.map((state) => Type.Literal(state))),
  ),
  firstMs: UnixMs,
  lastMs: UnixMs,
  frames: Type.Integer(),
  bytes: Bytes,
  codec: Type.Union([Type.Literal("jpeg"), Type.Literal("h264-fmp4")]),
  pinned: Type.Boolean(),
  /** Entry of the audit log that holds the manifest's hash. */
  entry: Type.Optional(Type.Integer()),
  /**
   * Of each chunk: where it begins in the decrypted content, its length, and the offset of its first frame from the
   * segment's start in ms. A range of the content that covers whole chunks is what a player asks for.
   */
  chunks: Type.Array(Type.Tuple([Type.Integer(), Type.Integer(), Type.Integer()])),
  startMs: UnixMs,
});
export type Segment = Static<typeof Segment>;

const tag = "recordings";
const camera = { kind: "device", param: "id" } as const;
const segment = { kind: "segment", param: "id" } as const;

export const getTimeline = endpoint({
  method: "POST",
  path: "/api/v1/recordings/timeline",
  tag,
  audience: "operator",
  permission: "recording.view",
  partial: true,
  unrecorded: "reads only; a body because of the list of cameras",
  summary: "What is recorded of cameras in a span, in at most 2,000 buckets",
  body: object({
    cameraIds: Type.Array(Uuid, { minItems: 1, maxItems: 64, uniqueItems: true }),
    fromMs: UnixMs,
    toMs: UnixMs,
    buckets: Type.Integer({ minimum: 1, maximum: 2_000 }),
  }),
  reply: object({ lanes: Type.Array(Lane) }),
  errors: ["segment.range_invalid", "server.busy"],
});
export const listSegments = endpoint({
  method: "GET",
  path: "/api/v1/cameras/:id/segments",
  tag,
  audience: "operator",
  permission: "recording.view",
  resource: camera,
  summary: "Segments of a camera that overlap a span, oldest first, at most 100",
  params: IdParams,
  query: object({
    fromMs: Type.String({ pattern: "^[0-9]{1,13}$" }),
    toMs: Type.String({ pattern: "^[0-9]{1,13}$" }),
  }),
  reply: object({ items: Type.Array(Segment), more: Type.Boolean() }),
  errors: ["device.not_found", "camera.none", "segment.range_invalid"],
});
export const getSegmentContent = endpoint({
  method: "GET",
  path: "/api/v1/segments/:id/content",
  tag,
  audience: "operator",
  permission: "recording.view",
  resource: segment,
  summary:
    "The decrypted chunks, by range (RFC 9110 §14); a chunk that does not open is answered as damaged, never shown",
  params: IdParams,
  reply: Type.Unknown(),
  contentType: "application/vnd.gatehouse.frames",
  errors: [
    "segment.not_found",
    "segment.damaged",
    "segment.erased",
    "segment.range_unsatisfiable",
    "server.busy",
  ],
});
export const getSegmentManifest = endpoint({
  method: "GET",
  path: "/api/v1/segments/:id/manifest",
  tag,
  audience: "operator",
  permission: "recording.view",
  resource: segment,
  summary: "The signed manifest as it stands in the audit log",
  params: IdParams,
  reply: Type.Unknown(),
  contentType: "text/plain; charset=utf-8",
  errors: ["segment.not_found", "segment.unsigned"],
});
export const getRecordingKey = endpoint({
  method: "GET",
  path: "/recordings/key",
  tag,
  audience: "public",
  summary: "Verifier key of whoever signs the manifests here (C2SP signed-note)",
  contentType: "text/plain; charset=utf-8",
  reply: Type.String(),
});
export const getRecordingStorage = endpoint({
  method: "GET",
  path: "/api/v1/recordings/storage",
  tag,
  audience: "operator",
  permission: "recording.view",
  summary: "What recordings take, what may be taken, and how long it lasts",
  reply: RecordingStorage,
});
export const updateRecordingPolicy = endpoint({
  method: "PUT",
  path: "/api/v1/recordings/policy",
  tag,
  audience: "operator",
  permission: "recording.manage",
  fourEyes: "recordings",
  records: ["recording.policy_changed"],
  summary: "Change how much is kept; what is over a smaller cap goes, oldest first",
  body: object({ policy: RecordingPolicy, policyMs: UnixMs }),
  reply: RecordingStorage,
  errors: ["request.conflict"],
});
export const rotateRecordingKey = endpoint({
  method: "POST",
  path: "/api/v1/recordings/rotate-key",
  tag,
  audience: "operator",
  permission: "recording.manage",
  stepUp: true,
  records: ["key.rotated"],
  summary:
    "A new key over the keys of all recordings, which are wrapped anew one by one; recordings stay as they are",
  body: object({}),
  reply: object({ segments: Type.Integer() }),
});
export const eraseRecordings = endpoint({
  method: "POST",
  path: "/api/v1/cameras/:id/recordings/erase",
  tag,
  audience: "operator",
  permission: "recording.erase",
  resource: camera,
  stepUp: true,
  fourEyes: "recordings",
  records: ["recording.erased"],
  summary: "Destroy the keys and files of what a camera recorded in a span; whole segments, for ever",
  params: IdParams,
  body: object({ fromMs: UnixMs, toMs: UnixMs, reason: Type.String({ minLength: 3, maxLength: 500 }) }),
  reply: object({ segments: Type.Integer(), bytes: Bytes }),
  errors: ["device.not_found", "camera.none", "segment.range_invalid"],
});
