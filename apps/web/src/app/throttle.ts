import type { Clock, Timer } from "@gatehouse/base";

/**
 * Runs `work` at most once every `periodMs` with everything that was asked for meanwhile: the first request at
 * once, later ones together at the end of the period.
 */
export class Throttle<T> {
  readonly #clock: Clock;
  readonly #periodMs: number;
  readonly #work: (asked: ReadonlySet<T>) => void;
  #asked = new Set<T>();
  #timer: Timer | undefined;

  constructor(clock: Clock, periodMs: number, work: (asked: ReadonlySet<T>) => void) {
    this.#clock = clock;
    this.#periodMs = periodMs;
    this.#work = work;
  }

  ask(...items: readonly T[]): void {
    for (const item of items) this.#asked.add(item);
    if (this.#timer === undefined) this.#run();
  }

  #run(): void {
    this.#timer = undefined;
    if (this.#asked.size === 0) return;
    const asked = this.#asked;
    this.#asked = new Set();
    this.#timer = this.#clock.after(this.#periodMs, () => this.#run());
    this.#work(asked);
  }
}
