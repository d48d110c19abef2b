import type { Clock, MonotonicMs } from "@gatehouse/base";

/** Token buckets by key; a key whose bucket is full again is forgotten at the next `sweep`. */
export class RateLimiter {
  readonly #buckets = new Map<string, { tokens: number; atMs: MonotonicMs }>();
  readonly #clock: Clock;
  readonly #perSecond: number;
  readonly #burst: number;

  constructor(clock: Clock, { perSecond, burst }: { perSecond: number; burst: number }) {
    this.#clock = clock;
    this.#perSecond = perSecond;
    this.#burst = burst;
  }

  /** How many of `wanted` may pass now. */
  take(key: string, wanted: number): number {
    const atMs = this.#clock.monotonicMs();
    const tokens = this.#tokens(key, atMs);
    const granted = Math.min(wanted, Math.floor(tokens));
    this.#buckets.set(key, { tokens: tokens - granted, atMs });
    return granted;
  }

  sweep(): void {
    const nowMs = this.#clock.monotonicMs();
    for (const key of this.#buckets.keys())
      if (this.#tokens(key, nowMs) >= this.#burst) this.#buckets.delete(key);
  }

  #tokens(key: string, nowMs: MonotonicMs): number {
    const bucket = this.#buckets.get(key);
    if (bucket === undefined) return this.#burst;
    return Math.min(this.#burst, bucket.tokens + ((nowMs - bucket.atMs) / 1000) * this.#perSecond);
  }
}
