import { vi } from "vitest";

/** Moves the clock that the limiter of requests reads, beside the house's own, until it is disposed of. */
export function movableWallClock(): Disposable & { advance(ms: number): void } {
  vi.useFakeTimers({ toFake: ["Date"] });
  return {
    advance: (ms) => vi.setSystemTime(Date.now() + ms),
    [Symbol.dispose]: () => void vi.useRealTimers(),
  };
}
