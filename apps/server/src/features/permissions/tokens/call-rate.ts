import { AppError, type Clock, type MonotonicMs, type Uuid } from "@gatehouse/base";

const CALLS_PER_MINUTE = 600;
const WINDOW_MS = 60_000;

interface Window {
  readonly sinceMs: MonotonicMs;
  calls: number;
}

/** Calls of each token in its current minute; bounded by the number of live tokens. */
export class CallRate {
  readonly #clock: Pick<Clock, "monotonicMs">;
  readonly #windows = new Map<Uuid, Window>();

  constructor(clock: Pick<Clock, "monotonicMs">) {
    this.#clock = clock;
  }

  /** Refuses with request.rate_limited beyond 600 calls a minute. */
  take(tokenId: Uuid): void {
    const nowMs = this.#clock.monotonicMs();
    const known = this.#windows.get(tokenId);
    const window =
      known === undefined || nowMs - known.sinceMs >= WINDOW_MS ? { sinceMs: nowMs, calls: 0 } : known;
    this.#windows.set(tokenId, window);
    if (++window.calls > CALLS_PER_MINUTE)
      throw new AppError("request.rate_limited", {
        retryAfterSeconds: (window.sinceMs + WINDOW_MS - nowMs) / 1_000,
      });
  }
}
