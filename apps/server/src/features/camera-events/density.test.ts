import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { silentLogger } from "@gatehouse/base";
import { afterEach, beforeEach, expect, test } from "vitest";
import { MotionDensity } from "./density.ts";
import { type House, openHouse, type TestCamera, walker } from "./testing/house.ts";

let house: House;
let camera: TestCamera;
beforeEach(async () => {
  house = await openHouse();
  camera = await house.addCamera();
});
afterEach(() => house[Symbol.asyncDispose]());

const strengths = async (fromMs: number, toMs: number, buckets: number): Promise<number[]> => {
  const found = await house.feature.strengthIn(house.tenantId, [camera.id], fromMs, toMs, buckets);
  return [...(found.get(camera.id) ?? [])];
};

test("strength of motion is known at once, after it is written, and after a crash", async () => {
  const startMs = house.clock.nowMs();
  await house.film(camera, 10);
  await house.film(camera, 8, walker);
  await house.film(camera, 2);
  await house.pass(40_000);
  const now = await strengths(startMs - 10_000, startMs + 30_000, 4);
  expect(now).toEqual([-1, 0, expect.any(Number), -1]);
  expect(now[2]).toBeGreaterThan(2);
  await expect
    .poll(async () => (await house.pool.query("select from camera_motion")).rowCount, { timeout: 30_000 })
    .toBe(1);
  await house.restart({ crash: true });
  expect(await strengths(startMs - 10_000, startMs + 30_000, 4)).toEqual(now);
  // The rest of the same hour joins what was written before the crash.
  await house.film(camera, 3);
  await house.restart({ crash: false });
  const joined = await strengths(startMs - 10_000, startMs + 70_000, 8);
  expect(joined.slice(0, 4)).toEqual(now);
  expect(joined.slice(4)).toEqual([-1, -1, -1, 0]);
});

test("parts finer than ten seconds repeat them, and parts of hours have the largest of theirs", async () => {
  const startMs = house.clock.nowMs();
  await house.film(camera, 10);
  await house.film(camera, 8, walker);
  const [, , strongest = 0] = await strengths(startMs - 10_000, startMs + 20_000, 3);
  expect(await strengths(startMs, startMs + 20_000, 40)).toEqual([
    ...Array(20).fill(0),
    ...Array(20).fill(strongest),
  ]);
  await house.restart({ crash: false });
  const hour = 3_600_000;
  expect(await strengths(startMs - 2 * hour, startMs + 2 * hour, 2)).toEqual([-1, strongest]);
});

test("nothing is told of another organisation's camera", async () => {
  const startMs = house.clock.nowMs();
  await house.film(camera, 1);
  const found = await house.feature.strengthIn(randomUUID(), [camera.id], startMs, startMs + 10_000, 1);
  expect([...(found.get(camera.id) ?? [])]).toEqual([-1]);
});

test("a write waits for what an earlier one is writing", async () => {
  const { id } = camera;
  const density = new MotionDensity(house.db, silentLogger);
  density.note(house.tenantId, id, house.clock.nowMs(), 5);
  const other = await house.pool.connect();
  await other.query("begin; lock table camera_motion in access exclusive mode");
  void density.write();
  let isWritten = false;
  const second = density.write().then(() => {
    isWritten = true;
  });
  await setTimeout(100);
  expect(isWritten).toBe(false);
  await other.query("commit");
  other.release();
  await second;
  expect((await house.pool.query("select from camera_motion")).rowCount).toBe(1);
});
