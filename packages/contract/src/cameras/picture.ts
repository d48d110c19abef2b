import { type Static, Type } from "typebox";
import { line, object } from "../schemas.ts";

/** A share of the picture's width or height, 0 left or top. */
const Share = Type.Number({ minimum: 0, maximum: 1 });
/** Corners of an area of the picture, in order; it closes by itself. */
export const Polygon = Type.Array(Type.Tuple([Share, Share]), { minItems: 3, maxItems: 32 });
export type Polygon = Static<typeof Polygon>;

/** What a zone may ask of those who are found in it. */
export const ZONE_LIMITS = {
  minScore: 0.1,
  maxScore: 0.95,
  /** Where only events are kept, pictures wait two minutes for one that needs them. */
  loiterSeconds: 90,
} as const;

/**
 * Where motion, and what is found, counts: inside any `watch` zone (everywhere when there is none), and in no `ignore`
 * zone. A `watch` zone may ask for more of what is found; motion in it counts at once.
 */
export const Zone = object({
  name: line(60),
  kind: Type.Union([Type.Literal("watch"), Type.Literal("ignore")]),
  area: Polygon,
  /** Looks that are less sure do not count in it. Absent: the score of the camera's detection is enough. */
  minScore: Type.Optional(Type.Number({ minimum: ZONE_LIMITS.minScore, maximum: ZONE_LIMITS.maxScore })),
  /** Who has stayed in it for less time does not count in it. Absent: who is there counts. */
  loiterSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: ZONE_LIMITS.loiterSeconds })),
});
export type Zone = Static<typeof Zone>;

/** What a frame is, in live streams and on disk. fMP4: ISO/IEC 14496-12 with H.264, a fragment begins with a key frame. */
export const FRAME_KINDS = { jpeg: 1, videoInit: 2, videoFragment: 3 } as const;
export type FrameKind = (typeof FRAME_KINDS)[keyof typeof FRAME_KINDS];

/** Of one frame, wherever it comes from. */
export const FRAME_LIMITS = {
  bytes: 1_500_000,
  /** Width and height in pixels. */
  minSide: 16,
  maxSide: 4_096,
  framesPerSecond: 60,
} as const;
