/** Median of the first `count` values; reorders them. */
export function medianOf(values: Float64Array, count: number): number {
  if (count === 0) return Number.NaN;
  const sorted = values.subarray(0, count).sort();
  const middle = count >> 1;
  return count % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

/** Mean of the middle part of the first `count` values, a tenth cut at either end; reorders them. */
export function trimmedMeanOf(values: Float64Array, count: number): number {
  const sorted = values.subarray(0, count).sort();
  const cut = Math.floor(count / 10);
  let sum = 0;
  for (let i = cut; i < count - cut; i++) sum += sorted[i] as number;
  return sum / (count - 2 * cut);
}

/** How far a quantity usually goes. */
export interface Extent {
  /** Standard deviation, were it normal: 1.25 times the mean distance, each distance clipped. */
  scale: number;
  count: number;
}

export const newExtent = (): Extent => ({ scale: 0, count: 0 });

const CLIP_SCALES = 2.5;

/** Takes one more distance; the average is plain until `window` values, and follows at that pace after. */
export function widen(extent: Extent, distance: number, window: number): void {
  extent.count++;
  const clipped =
    extent.count > 50 ? Math.min(distance, CLIP_SCALES * Math.max(extent.scale, 1e-9)) : distance;
  extent.scale += (clipped * 1.25 - extent.scale) / Math.min(extent.count, window);
}

export const clamp = (value: number, low: number, high: number): number =>
  value < low ? low : value > high ? high : value;
