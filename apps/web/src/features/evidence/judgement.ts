import type { cameras } from "@gatehouse/contract";
import type { CheckedClip, CheckedSegment } from "./check/model.ts";
import type { Span } from "./player/clip-reel.ts";

/** What the whole clip is, of what this browser found out. */
export interface Judgement {
  readonly seal: "verified" | "unknown" | "tampered";
  readonly passed: number;
  /** With their numbers, from 1. */
  readonly changed: readonly { readonly number: number; readonly segment: CheckedSegment }[];
}

/** One check that failed is enough; what nobody signed is neither genuine nor changed. */
export function judge({ checks, segments }: Pick<CheckedClip, "checks" | "segments">): Judgement {
  const changed = segments.flatMap((segment, at) =>
    segment.state === "changed" ? [{ number: at + 1, segment }] : [],
  );
  const passed = checks.filter(({ state }) => state === "passed").length;
  const isWrong = changed.length > 0 || checks.some(({ state }) => state === "failed");
  return { seal: isWrong ? "tampered" : passed === checks.length ? "verified" : "unknown", passed, changed };
}

/** What is shown around an event where its camera says nothing else. */
const AROUND_MS = 10_000;

/** The time that the player shows: the event with what was kept before and after it, as far as it is recorded. */
export function spanOfClip(
  { startMs, endMs }: Pick<cameras.CameraEvent, "startMs" | "endMs">,
  { pictures, segments }: Pick<CheckedClip, "pictures" | "segments">,
  rolls: { readonly preRollSeconds: number; readonly postRollSeconds: number } | undefined,
): Span {
  const [first, last] = [pictures[0], pictures.at(-1)];
  const firstMs = Math.min(first?.takenMs ?? startMs, segments[0]?.fromMs ?? startMs);
  const lastMs = Math.max(last?.takenMs ?? startMs, segments.at(-1)?.toMs ?? startMs);
  const before = rolls === undefined ? AROUND_MS : rolls.preRollSeconds * 1_000;
  const after = rolls === undefined ? AROUND_MS : rolls.postRollSeconds * 1_000;
  const fromMs = Math.max(firstMs, startMs - before);
  const toMs = Math.min(lastMs, (endMs ?? lastMs) + after);
  return { fromMs, toMs: Math.max(toMs, fromMs + 1_000) };
}

/** `00:12`, of a clip. */
export function elapsed(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
}
