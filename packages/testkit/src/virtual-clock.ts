import type { Clock, Timer } from "@gatehouse/base";

interface Due {
  readonly run: () => void;
  readonly periodMs: number | undefined;
  readonly order: number;
  atMs: number;
}

export interface VirtualClock extends Clock {
  /** Moves time on, running what falls due in order of its time. */
  advance(ms: number): void;
  /** The same, letting promises settle before the first and after each timer. */
  advanceAsync(ms: number): Promise<void>;
  /** Sets the wall clock without running timers, as when somebody corrects it. */
  setWall(nowMs: number): void;
}

/** A clock that a test moves by hand. Starts on 1 March 2026, 12:00 UTC. */
export function virtualClock(startMs = 1_772_366_400_000): VirtualClock {
  let monotonic = 0;
  let wallOffsetMs = startMs;
  let order = 0;
  const due = new Set<Due>();

  const add = (delayMs: number, run: () => void, periodMs?: number): Timer => {
    const entry: Due = { run, periodMs, order: order++, atMs: monotonic + Math.max(0, delayMs) };
    due.add(entry);
    return { cancel: () => void due.delete(entry) };
  };
  const next = (untilMs: number): Due | undefined =>
    [...due].filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs || a.order - b.order)[0];
  const runOne = (entry: Due): void => {
    monotonic = Math.max(monotonic, entry.atMs);
    if (entry.periodMs === undefined) due.delete(entry);
    else entry.atMs += Math.max(1, entry.periodMs);
    entry.run();
  };

  return {
    nowMs: () => wallOffsetMs + monotonic,
    monotonicMs: () => monotonic,
    after: (delayMs, run) => add(delayMs, run),
    every: (periodMs, run) => add(periodMs, run, periodMs),
    advance(ms) {
      const untilMs = monotonic + ms;
      for (let entry = next(untilMs); entry !== undefined; entry = next(untilMs)) runOne(entry);
      monotonic = untilMs;
    },
    async advanceAsync(ms) {
      const untilMs = monotonic + ms;
      await settle();
      for (let entry = next(untilMs); entry !== undefined; entry = next(untilMs)) {
        runOne(entry);
        await settle();
      }
      monotonic = untilMs;
      await settle();
    },
    setWall(nowMs) {
      wallOffsetMs = nowMs - monotonic;
    },
  };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
