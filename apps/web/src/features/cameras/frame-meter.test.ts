import { expect, it } from "vitest";
import { FrameMeter } from "./frame-meter.ts";

it("tells the pace of the last three seconds and the age at drawing", () => {
  const meter = new FrameMeter();
  expect(meter.read(0)).toBeUndefined();
  for (let n = 0; n <= 100; n += 1) meter.drawn(10_000 + n * 100, 10_080 + n * 100);
  const seen = meter.read(20_100);
  expect(seen?.takenMs).toBe(20_000);
  expect(seen?.delayMs).toBe(80);
  expect(seen?.framesPerSecond).toBeCloseTo(10);
});

it("knows no pace of a camera that stopped, and still when it last showed something", () => {
  const meter = new FrameMeter();
  meter.drawn(1_000, 1_050);
  meter.drawn(1_100, 1_150);
  expect(meter.read(9_000)).toEqual({ takenMs: 1_100, framesPerSecond: undefined, delayMs: 50 });
});

it("knows no pace while the server's clock is being found out, which may set it back", () => {
  const meter = new FrameMeter();
  for (const nowMs of [10_000, 10_400, 9_100]) meter.drawn(9_000, nowMs);
  expect(meter.read(9_200)?.framesPerSecond).toBeUndefined();
});

it("never says that a frame was drawn before it was taken", () => {
  const meter = new FrameMeter();
  meter.drawn(5_000, 4_990);
  expect(meter.read(5_000)?.delayMs).toBe(0);
});
