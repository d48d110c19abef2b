/** Wall-clock instant: milliseconds since 1970-01-01T00:00:00Z. Never subtract it to measure a duration. */
export type UnixMs = number & { readonly __unixMs?: never };

/** Milliseconds on a clock that only rises; only differences mean something. */
export type MonotonicMs = number & { readonly __monotonicMs?: never };

export interface Timer {
  cancel(): void;
}

/** The only source of time in Gatehouse: given to whoever needs it, so tests can drive it. */
export interface Clock {
  nowMs(): UnixMs;
  monotonicMs(): MonotonicMs;
  /** Calls `run` once after `delayMs`; never keeps the process alive by itself. */
  after(delayMs: number, run: () => void): Timer;
  /** Calls `run` every `periodMs` until cancelled; never keeps the process alive by itself. */
  every(periodMs: number, run: () => void): Timer;
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, run) {
    const handle = setTimeout(run, delayMs);
    handle.unref?.();
    return { cancel: () => clearTimeout(handle) };
  },
  every(periodMs, run) {
    const handle = setInterval(run, periodMs);
    handle.unref?.();
    return { cancel: () => clearInterval(handle) };
  },
};
