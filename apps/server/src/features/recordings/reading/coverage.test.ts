import type { Uuid } from "@gatehouse/base";
import { type VirtualClock, virtualClock } from "@gatehouse/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { film, type RecordingHouse, recordingHouse, START_MS } from "../testing/house.ts";
import { densityOf } from "./timeline.ts";

let clock: VirtualClock;
let house: RecordingHouse;
let tenantId: Uuid;
let cameraId: Uuid;
beforeAll(async () => {
  clock = virtualClock(START_MS);
  house = await recordingHouse(clock);
  tenantId = await house.addTenant();
  cameraId = house.addCamera(tenantId);
  await house.recordings.start?.();
  await film(house, { tenantId, cameraId }, { fromMs: START_MS, seconds: 70, fps: 1 });
  await film(house, { tenantId, cameraId }, { fromMs: START_MS + 100_000, seconds: 20, fps: 1 });
  await house.recordings.stop?.();
}, 60_000);
afterAll(() => house[Symbol.asyncDispose]());

test("of a span all, some or nothing is recorded; where one segment follows another is no gap", async () => {
  const span = (fromS: number, toS: number, of = cameraId) => ({
    cameraId: of,
    fromMs: START_MS + fromS * 1_000,
    toMs: START_MS + toS * 1_000,
  });
  const spans = [span(10, 65), span(50, 110), span(75, 95), span(100, 119), span(10, 20, tenantId)];
  expect(await house.recordings.coverage(tenantId, spans)).toEqual(["all", "part", "none", "all", "none"]);
  expect(await house.recordings.coverage(await house.addTenant(), [span(10, 65)])).toEqual(["none"]);
});

test("a bucket in which anything is recorded has a digit, and no strength is beyond nine", () => {
  const asked = { fromMs: 0, toMs: 100, buckets: 5 };
  expect(densityOf([{ fromMs: 19, toMs: 41 }], [1, 12, -1, 4, 5], asked)).toBe("190--");
  expect(densityOf([], [1, 1, 1, 1, 1], asked)).toBe("-----");
  expect(densityOf([{ fromMs: 0, toMs: 100 }], [], asked)).toBe("00000");
});
