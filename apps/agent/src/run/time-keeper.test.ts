import { virtualClock } from "@gatehouse/testkit";
import { describe, expect, it } from "vitest";
import { type Moment, TimeKeeper } from "./time-keeper.ts";

const NOW_MS = Date.UTC(2026, 6, 1);
const HOUR_MS = 3_600_000;

function machine(wallMs = NOW_MS, bootId = "boot-2") {
  const clock = virtualClock(wallMs);
  const time = new TimeKeeper(clock, { bootId, uptimeMs: () => clock.monotonicMs() });
  return { clock, time };
}

describe("when something was", () => {
  it("is what the wall clock said, where that agrees with the server's", () => {
    const { clock, time } = machine();
    const then = time.now();
    clock.advance(HOUR_MS);
    time.heardServer(clock.nowMs() + 2_000);
    expect(time.placeInTime(then)).toBe(then.wallMs);
    expect(time.isClockSet).toBe(true);
    expect(time.offsetMs).toBe(-2_000);
  });

  it("is reckoned back by the steady clock on a machine that woke up in 1970", () => {
    const { clock, time } = machine(1_000);
    expect(time.isClockSet).toBe(false);
    const then = time.now();
    clock.advance(HOUR_MS);
    time.heardServer(NOW_MS);
    expect(time.placeInTime(then)).toBe(NOW_MS - HOUR_MS);
    expect(time.isClockSet).toBe(false);
    clock.setWall(NOW_MS);
    expect(time.isClockSet).toBe(true);
    expect(time.placeInTime(then)).toBe(NOW_MS - HOUR_MS);
  });

  it("does not move when somebody sets the wall clock in between", () => {
    const { clock, time } = machine();
    time.heardServer(NOW_MS);
    const then = time.now();
    clock.advance(HOUR_MS);
    clock.setWall(NOW_MS - 30 * 24 * HOUR_MS);
    expect(time.placeInTime(then)).toBe(NOW_MS);
    expect(time.serverNowMs()).toBe(NOW_MS + HOUR_MS);
  });

  it("is what the wall clock of an earlier boot said, unless it cannot have been so", () => {
    const { time } = machine();
    time.heardServer(NOW_MS);
    const before = (wallMs: number): Moment => ({ wallMs, uptimeMs: 5_000, bootId: "boot-1" });
    expect(time.placeInTime(before(NOW_MS - HOUR_MS))).toBe(NOW_MS - HOUR_MS);
    expect(time.placeInTime(before(86_400_000))).toBeUndefined();
    expect(time.placeInTime(before(NOW_MS + HOUR_MS))).toBeUndefined();
  });

  it("is late two and a half minutes after", () => {
    const { time } = machine();
    expect(time.isLate(NOW_MS - 149_000)).toBe(false);
    expect(time.isLate(NOW_MS - 151_000)).toBe(true);
  });
});
