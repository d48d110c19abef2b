import type { MonotonicMs } from "@gatehouse/base";

/** Holds to a number of frames a second on average, whatever the camera's own is. */
export class Pace {
  readonly #gapMs: number;
  #dueMs: MonotonicMs = Number.NEGATIVE_INFINITY;

  constructor(framesPerSecond: number | undefined) {
    this.#gapMs = framesPerSecond === undefined ? 0 : 1_000 / framesPerSecond;
  }

  isDue(nowMs: MonotonicMs): boolean {
    return nowMs >= this.#dueMs;
  }

  /** A frame that was late does not make the next one wait, and two are never sent at once to make up for it. */
  sent(nowMs: MonotonicMs): void {
    this.#dueMs = Math.max(this.#dueMs, nowMs - this.#gapMs / 2) + this.#gapMs;
  }
}
