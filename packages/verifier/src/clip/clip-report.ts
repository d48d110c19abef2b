import type { Sighting, WitnessedSpan } from "@gatehouse/ledger";

/** What is wrong with a clip, as one word each; docs/verify.md says what follows from each. */
export type ClipProblemKind =
  | "clip_malformed"
  | "recorder_not_certified"
  | "manifest_missing"
  | "manifest_malformed"
  | "foreign_key"
  | "manifest_changed"
  | "other_camera"
  | "other_segment"
  | "back_dated"
  | "frames_cut"
  | "frames_differ"
  | "frame_changed"
  | "frame_missing"
  | "frame_moved"
  | "frame_added"
  | "frame_mislabelled"
  | "segment_missing"
  | "tail_missing"
  | "not_logged"
  | "entry_differs";

export interface ClipProblem {
  readonly kind: ClipProblemKind;
  /** Id of the segment; null where it is about the whole clip. */
  readonly segment: string | null;
  /** Number of the frame in its segment, the first is 0; null where it is about no single one. */
  readonly frame: number | null;
}

/**
 * `proven`: signed, in the log, every frame as it was sealed. `unsigned`: no manifest came with it, as after a crash;
 * nothing is said of it. `wrong`: there is a problem.
 */
export interface ClipSegment {
  readonly segment: string;
  readonly state: "proven" | "unsigned" | "wrong";
  readonly firstMs: number;
  readonly lastMs: number;
  /** Pictures and parts of video. */
  readonly frames: number;
  /** Records of what a detector found in them. */
  readonly found: number;
  /** Whose signature holds: of the server that recorded, or of the camera's own machine; null where none does. */
  readonly signedBy: "recordings" | "camera" | null;
  /** When the log took the manifest in, by the server's clock (RFC 3339); null where it did not. */
  readonly loggedAt: string | null;
  /** Between which times the log took it in, by the clocks of witnesses; null where it did not. */
  readonly witnessed: WitnessedSpan | null;
  /** What was signed before it is not in the clip, which says so itself: removed there, or left out here. */
  readonly afterGap: boolean;
}

/** A segment is logged as it ends; one that an agent kept while its network was away, when it is brought. */
const LATE_MS = 600_000;

export const isLate = ({ loggedAt, lastMs, witnessed }: ClipSegment): boolean =>
  (loggedAt !== null && Date.parse(loggedAt) - lastMs > LATE_MS) ||
  1_000 * (witnessed?.after?.timeS ?? 0) - lastMs > LATE_MS;

/** From the first to the last entry of a clip; a side is null where one of them has none. */
export function witnessedSpanOf(segments: readonly ClipSegment[]): WitnessedSpan {
  const spans = segments.flatMap(({ witnessed }) => witnessed ?? []);
  return {
    after: endOf(
      spans.map(({ after }) => after),
      (one, other) => one.timeS - other.timeS,
    ),
    by: endOf(
      spans.map(({ by }) => by),
      (one, other) => other.timeS - one.timeS,
    ),
  };
}

function endOf(
  seen: readonly (Sighting | null)[],
  compare: (one: Sighting, other: Sighting) => number,
): Sighting | null {
  const all = seen.filter((one) => one !== null);
  return all.length < seen.length ? null : (all.sort(compare)[0] ?? null);
}

export interface ClipReport {
  readonly ok: boolean;
  readonly camera: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly segments: readonly ClipSegment[];
  readonly problems: readonly ClipProblem[];
  readonly problemCount: number;
}

const MAX_LISTED = 1_000;

/** Collects problems without end in number, but in memory. */
export class ClipProblems {
  readonly listed: ClipProblem[] = [];
  count = 0;

  add(kind: ClipProblemKind, segment: string | null = null, frame: number | null = null): void {
    this.count++;
    if (this.listed.length < MAX_LISTED) this.listed.push({ kind, segment, frame });
  }
}
