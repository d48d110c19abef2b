import { MAX_LISTED_PROBLEMS } from "../limits.ts";
import type { BackDated, Problems, Sighting } from "./report.ts";

/**
 * An act is under a checkpoint after ten seconds, and clocks differ: a time is held against a witness's when it is
 * earlier by more.
 */
export const BACK_DATED_MS = 600_000;

/** Between which sightings the log took an entry in. */
export interface WitnessedSpan {
  /** The last time at which the log was seen without it. */
  readonly after: Sighting | null;
  /** The first time at which it was seen with it. */
  readonly by: Sighting | null;
}

/** By the witnesses that the reader knows; where there are none of these, by those that came along. */
export function witnessedSpan(sightings: readonly Sighting[], index: number): WitnessedSpan {
  const known = sightings.filter(({ isKnown }) => isKnown);
  let after: Sighting | null = null;
  let by: Sighting | null = null;
  for (const seen of known.length > 0 ? known : sightings) {
    if (seen.size > index) by = by === null || seen.timeS < by.timeS ? seen : by;
    else after = after === null || seen.timeS > after.timeS ? seen : after;
  }
  return { after, by };
}

/**
 * Names events whose own time is before that of a tree that does not hold them, whoever the witness is: one that came
 * along contradicts its own export. `events` and `sightings` by rising index and size.
 */
export function judgeTimes(
  events: readonly { readonly index: number; readonly line: number; readonly event: Uint8Array }[],
  sightings: readonly Sighting[],
  problems: Problems,
): BackDated[] {
  const backDated: BackDated[] = [];
  let latest: Sighting | undefined;
  let next = 0;
  for (const { index, line, event } of events) {
    for (let seen = sightings[next]; seen !== undefined && seen.size <= index; seen = sightings[++next])
      if (latest === undefined || seen.timeS > latest.timeS) latest = seen;
    if (latest === undefined) continue;
    const time = timeIn(event);
    if (time === undefined || 1_000 * latest.timeS - Date.parse(time) <= BACK_DATED_MS) continue;
    problems.add("back_dated", index, line);
    if (backDated.length < MAX_LISTED_PROBLEMS) backDated.push({ index, time, seen: latest });
  }
  return backDated;
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Undefined where it has none in the form that servers write. */
function timeIn(event: Uint8Array): string | undefined {
  const { time } = (JSON.parse(new TextDecoder().decode(event)) ?? {}) as { time?: unknown };
  if (typeof time !== "string" || !TIME.test(time) || time.startsWith("0000")) return undefined;
  const atMs = Date.parse(time);
  return Number.isNaN(atMs) || new Date(atMs).toISOString() !== time ? undefined : time;
}
