import type { Clock, MonotonicMs } from "@gatehouse/base";
import { networkOf } from "./network-of.ts";

/** Typing errors cost nothing. */
const FREE_FAILURES = 3;
const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 15 * 60_000;
const FORGOTTEN_AFTER_MS = 60 * 60_000;
const MAX_ADDRESSES = 10_000;

/** Every failure after the third doubles the time an address has to wait, from one second to a quarter of an hour. */
export class GrowingDelay {
  readonly #failures = new Map<string, { count: number; atMs: MonotonicMs; untilMs: MonotonicMs }>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How long the address still has to wait; 0 = it may try. */
  waitMs(address: string): number {
    const known = this.#failures.get(networkOf(address));
    return known === undefined ? 0 : Math.max(0, known.untilMs - this.#clock.monotonicMs());
  }

  /** Noted before the answer is known, so that many tries at once are many failures; `succeed` takes it back. */
  fail(address: string): void {
    const key = networkOf(address);
    const nowMs = this.#clock.monotonicMs();
    const known = this.#failures.get(key);
    const count = known === undefined || nowMs - known.atMs > FORGOTTEN_AFTER_MS ? 1 : known.count + 1;
    const over = count - FREE_FAILURES;
    const delayMs = over <= 0 ? 0 : Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (over - 1));
    this.#failures.delete(key);
    this.#failures.set(key, { count, atMs: nowMs, untilMs: nowMs + delayMs });
    if (this.#failures.size > MAX_ADDRESSES) {
      const [oldest] = this.#failures.keys();
      this.#failures.delete(oldest as string);
    }
  }

  succeed(address: string): void {
    this.#failures.delete(networkOf(address));
  }
}
