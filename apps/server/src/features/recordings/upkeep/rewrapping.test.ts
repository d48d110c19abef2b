import { silentLogger } from "@gatehouse/base";
import { virtualClock } from "@gatehouse/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { film, type RecordingHouse, recordingHouse, START_MS } from "../testing/house.ts";
import { Rewrapping, type RewrapRun } from "./rewrapping.ts";

const clock = virtualClock(START_MS);
let house: RecordingHouse;
let tenantId: string;
beforeAll(async () => {
  house = await recordingHouse(clock);
  tenantId = await house.addTenant();
  const cameraId = house.addCamera(tenantId);
  await house.recordings.start?.();
  await film(house, { tenantId, cameraId }, { fromMs: START_MS, seconds: 130, fps: 1 });
  await house.recordings.stop?.();
}, 120_000);
afterAll(() => house[Symbol.asyncDispose]());

/** Runs that a test ends by hand. */
function controlled() {
  const runs: { run: RewrapRun; end: (error?: Error) => void }[] = [];
  const rewrapping = new Rewrapping(
    { db: house.db, clock, log: silentLogger },
    (_tenantId, run) =>
      new Promise((resolve, reject) => {
        runs.push({ run, end: (error) => (error === undefined ? resolve() : reject(error)) });
      }),
  );
  const run = async (n: number) => {
    await expect.poll(() => runs.length, { timeout: 20_000 }).toBe(n + 1);
    return runs[n] as (typeof runs)[number];
  };
  return { rewrapping, run };
}

test("how many segments remain is known from the beginning to the end", async () => {
  const { rewrapping, run } = controlled();
  expect(rewrapping.progressOf(tenantId)).toBeUndefined();
  await rewrapping.begin(tenantId);
  expect(rewrapping.progressOf(tenantId)).toEqual({ remaining: 3, total: 3 });
  const first = await run(0);
  first.run.onSegment();
  expect(rewrapping.progressOf(tenantId)).toEqual({ remaining: 2, total: 3 });
  first.end();
  await rewrapping.idle();
  expect(rewrapping.progressOf(tenantId)).toBeUndefined();
});

test("what went wrong is tried again after a minute, and is under way until then", async () => {
  const { rewrapping, run } = controlled();
  await rewrapping.begin(tenantId);
  (await run(0)).end(new Error("the disk is gone"));
  await rewrapping.idle();
  expect(rewrapping.progressOf(tenantId)).toEqual({ remaining: 3, total: 3 });
  clock.advance(60_000);
  (await run(1)).end();
  await expect.poll(() => rewrapping.progressOf(tenantId), { timeout: 20_000 }).toBeUndefined();
});

test("another key meanwhile is another run, and only its end is the end", async () => {
  const { rewrapping, run } = controlled();
  await rewrapping.begin(tenantId);
  const first = await run(0);
  await rewrapping.begin(tenantId);
  first.end();
  const second = await run(1);
  expect(rewrapping.progressOf(tenantId)).toEqual({ remaining: 3, total: 3 });
  second.end();
  await rewrapping.idle();
  expect(rewrapping.progressOf(tenantId)).toBeUndefined();
});
