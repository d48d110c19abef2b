import { canonicalBytes } from "@gatehouse/ledger";
import { type Static, Type } from "typebox";
import { Check } from "typebox/value";
import { MAX_CHUNKS } from "./chunks.ts";

const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/** The last chunk: where each frame is, so that an index can be made anew from the files alone, and what was seen. */
export const SegmentTrailer = Type.Object(
  {
    v: Type.Literal(1),
    /** Of each chunk before: number of its first frame, and that frame's offset in ms. */
    chunks: Type.Array(Type.Tuple([Count, Count]), { maxItems: MAX_CHUNKS }),
    frames: Count,
    /** What motion and detection said of it; encrypted with the pictures, and erased with them. */
    detections: Type.Array(Type.Record(Type.String(), Type.Unknown()), { maxItems: 10_000 }),
  },
  { additionalProperties: false },
);
export type SegmentTrailer = Static<typeof SegmentTrailer>;

export const encodeTrailer = (trailer: SegmentTrailer): Uint8Array => canonicalBytes(trailer);

/** Undefined when the bytes are no trailer. */
export function parseTrailer(bytes: Uint8Array): SegmentTrailer | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return Check(SegmentTrailer, value) ? value : undefined;
  } catch {
    return undefined;
  }
}
