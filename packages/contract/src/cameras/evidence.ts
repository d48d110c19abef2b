import { type Static, Type } from "typebox";
import { endpoint } from "../endpoint.ts";
import { IdParams, object, UnixMs, Uuid } from "../schemas.ts";
import { SEGMENT_STATES } from "./recordings.ts";

/** Longer clips are cut to their first part, so that a browser can hold them. */
export const CLIP_EVIDENCE_MAX_MS = 300_000;
export const CLIP_EVIDENCE_MAX_BYTES = 200_000_000;

/** One sealed segment, and what is needed to open and to judge it somewhere else. */
export const EvidenceSegment = object({
  id: Uuid,
  state: Type.Unsafe<(typeof SEGMENT_STATES)[number]>(
    Type.Union(SEGMENT_STATES.map((state) => Type.Literal(state))),
  ),
  codec: Type.Union([Type.Literal("jpeg"), Type.Literal("h264-fmp4")]),
  startMs: UnixMs,
  firstMs: UnixMs,
  lastMs: UnixMs,
  /** Of its file, as it lies on the disk. */
  sealedBytes: Type.Integer({ minimum: 0 }),
  /** Signed note; absent where nobody signed. */
  manifest: Type.Optional(Type.String({ maxLength: 16_384 })),
  /** Opens this one segment, 32 bytes in base64; absent where it is not to be had any more. */
  key: Type.Optional(Type.String({ maxLength: 60 })),
});
export type EvidenceSegment = Static<typeof EvidenceSegment>;

/** Everything by which a browser proves a clip without believing the server (docs/verify.md). */
export const ClipEvidence = object({
  eventId: Uuid,
  cameraId: Uuid,
  /** With the camera's pre-roll and post-roll, as far as it is in this answer. */
  fromMs: UnixMs,
  toMs: UnixMs,
  /** There is more of it than is in this answer. */
  isCut: Type.Boolean(),
  /** Every segment that has something of it, oldest first. */
  segments: Type.Array(EvidenceSegment, { maxItems: 1_000 }),
  /** Segments right before which one that was signed is not here any more. */
  gaps: Type.Array(Uuid, { maxItems: 1_000 }),
  /** Files of an export of the log with the entries of these segments. */
  log: Type.Array(object({ name: Type.String({ maxLength: 100 }), base64: Type.String() }), { maxItems: 20 }),
});
export type ClipEvidence = Static<typeof ClipEvidence>;

const tag = "cameras";

export const getClipEvidence = endpoint({
  method: "GET",
  path: "/api/v1/camera-events/:id/evidence",
  tag,
  audience: "operator",
  permission: "recording.view",
  resource: { kind: "camera_event", param: "id" },
  summary:
    "What proves an event's clip, with the keys of its segments; five minutes and 200 MB at most. In the audit log as a look",
  params: IdParams,
  reply: ClipEvidence,
  errors: ["camera_event.not_found"],
});
export const getSealedSegment = endpoint({
  method: "GET",
  path: "/api/v1/segments/:id/sealed",
  tag,
  audience: "operator",
  permission: "recording.view",
  resource: { kind: "segment", param: "id" },
  summary: "The file as it lies on the disk, sealed, by range (RFC 9110 §14)",
  params: IdParams,
  reply: Type.Unknown(),
  contentType: "application/octet-stream",
  errors: ["segment.not_found", "segment.erased", "segment.range_unsatisfiable", "server.busy"],
});
