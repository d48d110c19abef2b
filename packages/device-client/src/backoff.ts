import type { Random } from "@gatehouse/base";

const FIRST_MS = 500;
const LONGEST_MS = 60_000;
const DOUBLINGS = 10;

/**
 * How long to wait before attempt `failures` + 1: "full jitter", uniform between a quarter and the whole of a time
 * that doubles up to a minute. A fleet that lost its server at one instant does not come back at one instant.
 */
export function backoffMs(failures: number, random: Random): number {
  const ceilingMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures, DOUBLINGS));
  return ceilingMs / 4 + (3 / 4) * ceilingMs * random.ratio();
}
