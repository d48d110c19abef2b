import type { VisitZone } from "./visit-zone.ts";

export interface VisitSettings {
  /** What stands in none of the watch zones, or in an ignore zone, does not count. */
  readonly zones: readonly VisitZone[];
  /** Lower and higher things are left out: shares of the picture's height. */
  readonly minHeightRatio: number;
  readonly maxHeightRatio: number;
  /** Shorter visits are none. */
  readonly minMs: number;
  /** A visit is over when nobody was found for this long. */
  readonly endAfterMs: number;
}

/** As people choose them for a camera, and as its own machine is told of them. */
interface ChosenVisits {
  readonly minHeight: number;
  /** Absent: nothing is too high. */
  readonly maxHeight?: number;
  readonly minSeconds: number;
  readonly endAfterSeconds: number;
}

export const visitSettings = (
  { minHeight, maxHeight = 1, minSeconds, endAfterSeconds }: ChosenVisits,
  zones: readonly VisitZone[],
): VisitSettings => ({
  zones,
  minHeightRatio: minHeight,
  maxHeightRatio: maxHeight,
  minMs: minSeconds * 1_000,
  endAfterMs: endAfterSeconds * 1_000,
});
