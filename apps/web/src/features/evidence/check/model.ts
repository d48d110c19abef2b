import type { UnixMs, Uuid } from "@gatehouse/base";
import type { Found } from "@gatehouse/video";

/** In the order in which they are shown. */
export const CHECKS = ["opened", "complete", "signed", "time", "logged"] as const;
export type CheckId = (typeof CHECKS)[number];

/** `unknown`: nothing is known that would allow it, as where nobody signed. */
export type CheckState = "passed" | "failed" | "unknown";

/** One of the five checks, as this browser did it. */
export interface Check {
  readonly id: CheckId;
  readonly state: CheckState;
  /** What went wrong, as the verifier names it (docs/verify.md); empty when it passed. */
  readonly problems: readonly string[];
  /** What was put in and what came out, for whoever does it again: algorithm, keys, hashes, entry of the log, path. */
  readonly proof: readonly { readonly name: string; readonly value: string }[];
}

/** One sealed segment of a clip. */
export interface CheckedSegment {
  readonly segmentId: Uuid;
  readonly state: "genuine" | "unsigned" | "changed";
  readonly fromMs: UnixMs;
  readonly toMs: UnixMs;
  readonly frames: number;
  /** Hex, of what was signed about it; undefined where nobody signed. */
  readonly manifestSha256: string | undefined;
}

/** A picture that this browser opened itself. Nothing that did not open as it was sealed is in it. */
export interface OpenedPicture {
  readonly takenMs: UnixMs;
  /** JPEG, or one fragment of H.264 (with the initialisation of its segment). */
  readonly kind: "jpeg" | "h264";
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly init?: Uint8Array<ArrayBuffer>;
}

/** A clip as this browser opened and judged it. */
export interface CheckedClip {
  readonly checks: readonly Check[];
  readonly segments: readonly CheckedSegment[];
  readonly pictures: readonly OpenedPicture[];
  /** What detectors found, as it was sealed beside the pictures, oldest first. */
  readonly found: readonly Found[];
  readonly logIndex: number | undefined;
  /** It is longer than a browser should hold: this is its first part. */
  readonly isCut?: true;
  readonly tookMs: number;
  readonly checkedMs: UnixMs;
}
