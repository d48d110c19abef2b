import type { UnixMs } from "@gatehouse/base";
import { startOf } from "../model.ts";

/** What a metric did in a span of time that begins at `tsMs`. */
export interface Bucket {
  readonly tsMs: UnixMs;
  readonly n: number;
  readonly min: number;
  readonly max: number;
  readonly sum: number;
}

/** Joins buckets that begin in the same span of `widthMs`; rising by time. */
export function mergeBuckets(buckets: Iterable<Bucket>, widthMs: number): Bucket[] {
  const merged = new Map<UnixMs, Bucket>();
  for (const bucket of buckets) {
    const tsMs = startOf(bucket.tsMs, widthMs);
    const known = merged.get(tsMs);
    merged.set(tsMs, known === undefined ? { ...bucket, tsMs } : join(known, bucket));
  }
  return [...merged.values()].sort((a, b) => a.tsMs - b.tsMs);
}

const join = (a: Bucket, b: Bucket): Bucket => ({
  tsMs: a.tsMs,
  n: a.n + b.n,
  min: Math.min(a.min, b.min),
  max: Math.max(a.max, b.max),
  sum: a.sum + b.sum,
});
