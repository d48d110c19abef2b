import type { MonotonicMs } from "@gatehouse/base";

const SECONDS = 10;

interface Slot {
  second: number;
  count: number;
  sum: number;
}

/** How many and how much in the last ten seconds, in slots of one: adding costs nothing however much comes. */
export class Window {
  readonly #slots: Slot[] = Array.from({ length: SECONDS }, () => ({ second: -1, count: 0, sum: 0 }));
  #sinceMs: MonotonicMs | undefined;

  /** `count`: how many they are that have the amount together. */
  add(nowMs: MonotonicMs, amount: number, count = 1): void {
    const second = Math.floor(nowMs / 1_000);
    const slot = this.#slots[second % SECONDS] as Slot;
    if (slot.second !== second) Object.assign(slot, { second, count: 0, sum: 0 });
    if (this.#isEmpty(nowMs)) this.#sinceMs = nowMs;
    slot.count += count;
    slot.sum += amount;
  }

  /** `overMs`: the time that was counted, 1 s to 10 s; shorter after a pause, so that a pace is right from the start. */
  sums(nowMs: MonotonicMs): { readonly count: number; readonly sum: number; readonly overMs: number } {
    const slots = this.#within(nowMs);
    const startMs = (Math.floor(nowMs / 1_000) - SECONDS + 1) * 1_000;
    const fromMs = Math.max(startMs, this.#sinceMs ?? startMs);
    return {
      count: slots.reduce((total, { count }) => total + count, 0),
      sum: slots.reduce((total, { sum }) => total + sum, 0),
      overMs: Math.max(1_000, nowMs - fromMs),
    };
  }

  #within(nowMs: MonotonicMs): Slot[] {
    const second = Math.floor(nowMs / 1_000);
    return this.#slots.filter((slot) => slot.second > second - SECONDS && slot.second <= second);
  }

  #isEmpty(nowMs: MonotonicMs): boolean {
    return this.#within(nowMs).every(({ count }) => count === 0);
  }
}
