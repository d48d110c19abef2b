import type { cameras } from "@gatehouse/contract";
import type { ByteRange } from "../../../data/client.ts";

export type Segment = cameras.Segment;

/** A frame is shown until the next one comes, for this long at most: afterwards nothing is recorded. */
export const HELD_MS = 2_000;

/** The segment that shows what was at an instant. `segments` are in the order of their first frames. */
export function segmentAt(segments: readonly Segment[], atMs: number): Segment | undefined {
  const at = lastAtMost(segments.length, atMs, (index) => segments[index]?.firstMs ?? 0);
  const segment = segments[at];
  return segment !== undefined && atMs <= segment.lastMs + HELD_MS ? segment : undefined;
}

export const segmentAfter = (segments: readonly Segment[], atMs: number): Segment | undefined =>
  segments[lastAtMost(segments.length, atMs, (index) => segments[index]?.firstMs ?? 0) + 1];

/** Number of the chunk that holds what was at an instant; the first one for what is before it. */
export function chunkAt({ chunks, startMs }: Segment, atMs: number): number {
  return Math.max(
    0,
    lastAtMost(chunks.length, atMs - startMs, (index) => chunks[index]?.[2] ?? 0),
  );
}

/** The last index whose value is at most `value`; −1 when there is none. Values rise. */
function lastAtMost(count: number, value: number, valueAt: (index: number) => number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (valueAt(middle) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The bytes of chunks `first` to `last` in the segment's content. */
export function rangeOf({ chunks }: Segment, first: number, last = first): ByteRange {
  const [begin = 0] = chunks[first] ?? [];
  const [start = 0, length = 0] = chunks[last] ?? [];
  return [begin, start + length - 1];
}

/** Runs of chunks that are read in one request each, in the order given; a run holds `maxBytes` or one chunk. */
export function runsOf(
  segment: Segment,
  wanted: readonly number[],
  maxBytes: number,
): { readonly first: number; readonly last: number }[] {
  const runs: { first: number; last: number }[] = [];
  for (const chunk of wanted) {
    const run = runs.at(-1);
    const [begin, end] = run === undefined ? [0, 0] : rangeOf(segment, run.first, chunk);
    if (run !== undefined && run.last === chunk - 1 && end - begin < maxBytes) run.last = chunk;
    else runs.push({ first: chunk, last: chunk });
  }
  return runs;
}
