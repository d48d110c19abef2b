import type { Clock, MonotonicMs } from "@gatehouse/base";

const WINDOW_MS = 60_000;
/** More subjects than this in one minute are only counted, not told apart. */
const MAX_SUBJECTS = 20_000;

/**
 * Keeps what repeats from flooding the log: the first `burst` of a minute pass, the others are counted and
 * handed over in one sum when the minute is over.
 */
export class LineLimiter<T> {
  readonly #subjects = new Map<
    string,
    { readonly subject: T; endsMs: MonotonicMs; passed: number; held: number }
  >();
  readonly #clock: Clock;
  readonly #burst: number;

  constructor(clock: Clock, burst: number) {
    this.#clock = clock;
    this.#burst = burst;
  }

  admit(key: string, subject: T): boolean {
    const known = this.#subjects.get(key);
    if (known === undefined) {
      if (this.#subjects.size >= MAX_SUBJECTS) return false;
      const endsMs = this.#clock.monotonicMs() + WINDOW_MS;
      this.#subjects.set(key, { subject, endsMs, passed: 1, held: 0 });
      return true;
    }
    if (known.passed < this.#burst) {
      known.passed++;
      return true;
    }
    known.held++;
    return false;
  }

  /** The sums of the minutes that are over. A subject that goes on gets another minute of being held. */
  *take(): Generator<{ readonly subject: T; readonly held: number }> {
    const nowMs = this.#clock.monotonicMs();
    for (const [key, entry] of this.#subjects) {
      if (entry.endsMs > nowMs) continue;
      if (entry.held === 0) this.#subjects.delete(key);
      else {
        yield { subject: entry.subject, held: entry.held };
        entry.held = 0;
        entry.endsMs = nowMs + WINDOW_MS;
      }
    }
  }
}
