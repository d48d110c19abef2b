import type { Clock, MonotonicMs } from "@gatehouse/base";
import { networkOf } from "../../../platform/throttle/index.ts";

const MAX_FAILURES_AT_ONCE = 30;
const FORGIVEN_EVERY_MS = 2_000;
const MAX_ADDRESSES = 10_000;

/**
 * Counts failures by address: `MAX_FAILURES_AT_ONCE` and then one every two seconds. The oldest address is
 * forgotten when the map is full. One IPv6 host has a /64 to itself, so that is one address here.
 */
export class FailureThrottle {
  readonly #failures = new Map<string, { count: number; atMs: MonotonicMs }>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Notes a failure; true when the address has had too many. */
  fail(address: string): boolean {
    const key = networkOf(address);
    const atMs = this.#clock.monotonicMs();
    const before = this.#failures.get(key);
    const forgiven = before === undefined ? 0 : (atMs - before.atMs) / FORGIVEN_EVERY_MS;
    const count = Math.min(MAX_FAILURES_AT_ONCE, Math.max(0, (before?.count ?? 0) - forgiven)) + 1;
    this.#failures.delete(key);
    this.#failures.set(key, { count, atMs });
    if (this.#failures.size > MAX_ADDRESSES) {
      const [oldest] = this.#failures.keys();
      this.#failures.delete(oldest as string);
    }
    return count > MAX_FAILURES_AT_ONCE;
  }
}
