import { systemClock, type Timer } from "@gatehouse/base";
import { useCallback, useEffect, useState, useSyncExternalStore } from "react";
import { liveHub } from "./live.ts";

/** One ticking value for all components that share a period. */
class Ticker {
  nowMs = liveHub.nowMs();
  readonly #listeners = new Set<() => void>();
  readonly #periodMs: number;
  #timer: Timer | undefined;

  constructor(periodMs: number) {
    this.#periodMs = periodMs;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    this.#timer ??= systemClock.every(this.#periodMs, () => this.#tick());
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      this.#timer?.cancel();
      this.#timer = undefined;
    };
  }

  #tick(): void {
    this.nowMs = liveHub.nowMs();
    for (const listener of this.#listeners) listener();
  }
}

const tickers = new Map<number, Ticker>();

function tickerOf(periodMs: number): Ticker {
  const ticker = tickers.get(periodMs) ?? new Ticker(periodMs);
  tickers.set(periodMs, ticker);
  return ticker;
}

/** Now by the server's clock (Unix ms), renewed every `periodMs`: for ages and countdowns. */
export function useNow(periodMs = 1_000): number {
  const subscribe = useCallback((listener: () => void) => tickerOf(periodMs).subscribe(listener), [periodMs]);
  return useSyncExternalStore(subscribe, () => tickerOf(periodMs).nowMs);
}

/** False, then true once `delayMs` have passed since the component appeared. */
export function useElapsed(delayMs: number): boolean {
  const [elapsed, setElapsed] = useState(false);
  useEffect(() => {
    const timer = systemClock.after(delayMs, () => setElapsed(true));
    return () => timer.cancel();
  }, [delayMs]);
  return elapsed;
}
