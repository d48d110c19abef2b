import type { MonotonicMs } from "@gatehouse/base";

/** Allows `perSecond` on average and `burst` at once. Time is given, so a full bucket costs nothing. */
export class TokenBucket {
  readonly #perMs: number;
  readonly #burst: number;
  #tokens: number;
  #atMs: MonotonicMs;

  constructor(perSecond: number, burst: number, nowMs: MonotonicMs) {
    this.#perMs = perSecond / 1000;
    this.#burst = burst;
    this.#tokens = burst;
    this.#atMs = nowMs;
  }

  /** Takes one token; false when there is none. */
  take(nowMs: MonotonicMs): boolean {
    this.#tokens = Math.min(this.#burst, this.#tokens + (nowMs - this.#atMs) * this.#perMs);
    this.#atMs = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** True when nothing was taken for so long that forgetting the bucket changes nothing. */
  isFull(nowMs: MonotonicMs): boolean {
    return this.#tokens + (nowMs - this.#atMs) * this.#perMs >= this.#burst;
  }
}
