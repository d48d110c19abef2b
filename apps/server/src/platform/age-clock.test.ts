import { silentLogger } from "@gatehouse/base";
import { virtualClock } from "@gatehouse/testkit";
import { expect, test } from "vitest";
import { AgeClock } from "./age-clock.ts";

const HOUR_MS = 3_600_000;
const START_MS = 1_795_000_000_000;

test("a clock that is put forward by a month ages nothing for a day, and then does", () => {
  const clock = virtualClock(START_MS);
  const ages = new AgeClock(clock, silentLogger);
  clock.advance(HOUR_MS);
  expect(ages.nowMs()).toBe(START_MS + HOUR_MS);
  clock.setWall(clock.nowMs() + 720 * HOUR_MS);
  for (let hour = 1; hour <= 24; hour++) {
    expect(ages.nowMs()).toBe(START_MS + hour * HOUR_MS);
    clock.advance(HOUR_MS);
  }
  expect(ages.nowMs()).toBe(clock.nowMs());
});

test("one that is put right again was never believed; by an hour, or back, it is at once", () => {
  const clock = virtualClock(START_MS);
  const ages = new AgeClock(clock, silentLogger);
  clock.setWall(START_MS + 720 * HOUR_MS);
  expect(ages.nowMs()).toBe(START_MS);
  clock.setWall(START_MS);
  expect(ages.nowMs()).toBe(START_MS);
  clock.setWall(START_MS + HOUR_MS);
  expect(ages.nowMs()).toBe(START_MS + HOUR_MS);
  clock.setWall(START_MS - 720 * HOUR_MS);
  expect(ages.nowMs()).toBe(START_MS - 720 * HOUR_MS);
});
