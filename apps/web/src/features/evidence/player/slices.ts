import type { CheckedClip, CheckedSegment } from "../check/model.ts";
import type { Span } from "./clip-reel.ts";

/** A few seconds of a clip, as its lane shows them. */
export interface Slice extends Span {
  /** How sure the detector was at most, 0…1. */
  readonly score: number;
  /** `none`: nothing is recorded. */
  readonly state: CheckedSegment["state"] | "none";
}

const STEPS_MS = [1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000] as const;
/** Blocks narrower than a finger say nothing. */
const MAX_SLICES = 24;

/** How long each block of the lane is. */
export const sliceMs = ({ fromMs, toMs }: Span): number =>
  STEPS_MS.find((ms) => (toMs - fromMs) / ms <= MAX_SLICES) ?? Math.ceil((toMs - fromMs) / MAX_SLICES);

/** The lane of a clip: of each block the surest look, and what its worst segment is. */
export function slicesOf(clip: Pick<CheckedClip, "found" | "segments">, span: Span): Slice[] {
  const stepMs = sliceMs(span);
  const count = Math.max(1, Math.ceil((span.toMs - span.fromMs) / stepMs));
  return Array.from({ length: count }, (_, n) => {
    const fromMs = span.fromMs + n * stepMs;
    const toMs = Math.min(span.toMs, fromMs + stepMs);
    const scores = clip.found
      .filter(({ takenMs }) => takenMs >= fromMs && takenMs < toMs)
      .flatMap(({ boxes }) => boxes.map(({ score }) => score));
    return { fromMs, toMs, score: Math.max(0, ...scores), state: stateIn(clip.segments, { fromMs, toMs }) };
  });
}

function stateIn(segments: readonly CheckedSegment[], { fromMs, toMs }: Span): Slice["state"] {
  const states = segments
    .filter((segment) => segment.fromMs < toMs && segment.toMs > fromMs)
    .map(({ state }) => state);
  if (states.includes("changed")) return "changed";
  return states.includes("unsigned") ? "unsigned" : (states[0] ?? "none");
}
