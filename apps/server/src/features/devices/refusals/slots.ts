import type { UnixMs } from "@gatehouse/base";

/** Counts are kept in slots of 12 minutes: 120 of them are a day, three of them one step of a 40-step spark. */
export const SLOT_MS = 12 * 60_000;
export const HOUR_MS = 60 * 60_000;
export const DAY_MS = 24 * HOUR_MS;
const SPARK_STEPS = 40;
const SLOTS_PER_STEP = DAY_MS / SLOT_MS / SPARK_STEPS;

export const startOf = (atMs: UnixMs, lengthMs: number): UnixMs => atMs - (atMs % lengthMs);

/** First slot of the last 24 h, the current slot being the last one. */
export const firstSlotMs = (nowMs: UnixMs): UnixMs => startOf(nowMs, SLOT_MS) - DAY_MS + SLOT_MS;

/** 40 steps over the last 24 h, oldest first; `merge` joins the three slots of a step. */
export function sparkOf(
  slots: Iterable<readonly [slotMs: UnixMs, value: number]>,
  nowMs: UnixMs,
  merge: (a: number, b: number) => number,
): number[] {
  const steps = new Array<number>(SPARK_STEPS).fill(0);
  const firstMs = firstSlotMs(nowMs);
  for (const [slotMs, value] of slots) {
    const step = Math.floor((slotMs - firstMs) / SLOT_MS / SLOTS_PER_STEP);
    if (step >= 0 && step < SPARK_STEPS) steps[step] = merge(steps[step] as number, value);
  }
  return steps;
}
