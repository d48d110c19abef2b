import { expect, test } from "vitest";
import { virtualClock } from "./virtual-clock.ts";

test("timers run in the order of their time, repeated ones again, cancelled ones never", () => {
  const clock = virtualClock();
  const seen: string[] = [];
  clock.after(30, () => seen.push(`late at ${clock.monotonicMs()}`));
  clock.after(10, () => seen.push(`soon at ${clock.monotonicMs()}`));
  const beat = clock.every(12, () => seen.push(`beat at ${clock.monotonicMs()}`));
  clock.after(5, () => seen.push("never")).cancel();
  clock.advance(24);
  beat.cancel();
  clock.advance(10);
  expect(seen).toEqual(["soon at 10", "beat at 12", "beat at 24", "late at 30"]);
});

test("correcting the wall clock does not disturb durations", () => {
  const clock = virtualClock(1_000);
  clock.advance(500);
  clock.setWall(0);
  expect([clock.nowMs(), clock.monotonicMs()]).toEqual([0, 500]);
});

test("waits that follow one another all pass in one asynchronous advance", async () => {
  const clock = virtualClock();
  const wait = (ms: number) => new Promise<void>((resolve) => clock.after(ms, resolve));
  const seen: number[] = [];
  const work = async () => {
    await Promise.resolve();
    for (let i = 0; i < 3; i++) {
      await wait(10);
      seen.push(clock.monotonicMs());
    }
  };
  void work();
  await clock.advanceAsync(25);
  expect(seen).toEqual([10, 20]);
  await clock.advanceAsync(5);
  expect(seen).toEqual([10, 20, 30]);
});
