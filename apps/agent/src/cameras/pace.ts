import type { MonotonicMs } from "@gatehouse/base";

/** Lets so many a second through, never two within half their distance; one that is late does not hold up the next. */
export class Pace {
  #dueMs: MonotonicMs = Number.NEGATIVE_INFINITY;

  takes(nowMs: MonotonicMs, perSecond: number): boolean {
    if (nowMs < this.#dueMs) return false;
    const stepMs = 1_000 / perSecond;
    this.#dueMs = Math.max(this.#dueMs + stepMs, nowMs + stepMs / 2);
    return true;
  }
}
