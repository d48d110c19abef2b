import { type Clock, systemClock } from "@gatehouse/base";
import { expect, test } from "vitest";
import { Watch } from "./watch.ts";

const LIMITS = { beginMs: 20_000, silentMs: 15_000, pictureBytes: 1 };

/** `look(ms)`: the watch's timer runs, so long after it ran last. */
function watched() {
  let nowMs = 0;
  let run = (): void => undefined;
  let periodMs = 0;
  const clock: Clock = {
    ...systemClock,
    monotonicMs: () => nowMs,
    every(every, look) {
      [periodMs, run] = [every, look];
      return { cancel: () => undefined };
    },
  };
  const ends: unknown[] = [];
  const watch = new Watch(clock, LIMITS, (error) => ends.push((error as { fields?: object }).fields));
  const look = (afterMs = periodMs): void => {
    nowMs += afterMs;
    run();
  };
  /** Milliseconds that go by until it ends. */
  const untilEnd = (): number => {
    const fromMs = nowMs;
    while (ends.length === 0 && nowMs - fromMs < 60_000) look();
    return nowMs - fromMs;
  };
  return { watch, ends, look, untilEnd };
}

test("what never begins and what says nothing any more ends soon after its time, not before", () => {
  const never = watched();
  const beganMs = never.untilEnd();
  expect(beganMs).toBeGreaterThanOrEqual(LIMITS.beginMs);
  expect(beganMs).toBeLessThan(LIMITS.beginMs + 2_000);
  expect(never.ends).toEqual([{ reason: "timeout" }]);
  const silent = watched();
  silent.look();
  silent.watch.gave();
  const tookMs = silent.untilEnd();
  expect(tookMs).toBeGreaterThanOrEqual(LIMITS.silentMs);
  expect(tookMs).toBeLessThan(LIMITS.silentMs + 2_000);
  expect(silent.ends).toEqual([{ reason: "silent" }]);
});

test("a machine that hangs takes its own standstill for nobody's silence", () => {
  for (const before of ["nothing", "a picture"]) {
    const { watch, ends, look, untilEnd } = watched();
    if (before === "a picture") watch.gave();
    look();
    look(120_000);
    expect(ends).toEqual([]);
    expect(untilEnd()).toBeGreaterThan(10_000);
  }
});
