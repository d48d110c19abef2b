import type { Clock, MonotonicMs } from "@gatehouse/base";

const MAX_KEYS = 20_000;

/** So many acts of one key within a time; the oldest keys are forgotten first when there are too many. */
export class RollingBudget {
  readonly #acts = new Map<string, MonotonicMs[]>();
  readonly #clock: Clock;
  readonly #most: number;
  readonly #withinMs: number;

  constructor(clock: Clock, most: number, withinMs: number) {
    this.#clock = clock;
    this.#most = most;
    this.#withinMs = withinMs;
  }

  /** Takes one place and answers 0, or takes none and answers how long until there is one. */
  takeOrWaitMs(key: string): number {
    const nowMs = this.#clock.monotonicMs();
    const recent = (this.#acts.get(key) ?? []).filter((atMs) => nowMs - atMs < this.#withinMs);
    const [oldest] = recent;
    if (recent.length >= this.#most && oldest !== undefined) return oldest + this.#withinMs - nowMs;
    this.#acts.delete(key);
    this.#acts.set(key, [...recent, nowMs]);
    if (this.#acts.size > MAX_KEYS) this.#acts.delete(this.#acts.keys().next().value as string);
    return 0;
  }
}
