import type { Clock, MonotonicMs } from "@gatehouse/base";

/** Lets so many bytes a second pass on average; 0 lets everything pass. */
export class Pace {
  readonly #bytesPerMs: number;
  readonly #clock: Clock;
  #freeAtMs: MonotonicMs = 0;

  constructor(bytesPerSecond: number, clock: Clock) {
    this.#bytesPerMs = bytesPerSecond / 1_000;
    this.#clock = clock;
  }

  /** Resolves when these bytes may leave; rejects when the signal is given. */
  async take(bytes: number, signal?: AbortSignal): Promise<void> {
    if (this.#bytesPerMs === 0) return;
    const nowMs = this.#clock.monotonicMs();
    const waitMs = Math.max(0, this.#freeAtMs - nowMs);
    this.#freeAtMs = nowMs + waitMs + bytes / this.#bytesPerMs;
    if (waitMs > 0) await wait(this.#clock, waitMs, signal);
  }

  /** How long as many bytes take at most, with the ones before them. */
  longestMs(bytes: number): number {
    return this.#bytesPerMs === 0 ? 0 : (2 * bytes) / this.#bytesPerMs;
  }
}

/** Rejects with the signal's reason when it is given first. */
function wait(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(signal.reason);
    const onAbort = (): void => {
      timer.cancel();
      reject(signal?.reason);
    };
    const timer = clock.after(ms, () => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
