import { randomUUID } from "node:crypto";
import { silentLogger } from "@gatehouse/base";
import { cameras } from "@gatehouse/contract";
import { LUMA_HEIGHT, LUMA_WIDTH } from "@gatehouse/motion";
import { virtualClock } from "@gatehouse/testkit";
import { expect, test } from "vitest";
import type { MotionDensity } from "./density.ts";
import type { EventKeeper } from "./keeper.ts";
import type { Frame } from "./ports.ts";
import { Watcher } from "./watcher.ts";

/** A watcher whose decoding the test finishes by hand. */
function open() {
  const decoding: { readonly bytes: Uint8Array; done(): void }[] = [];
  let listener: (frame: Frame) => void = () => undefined;
  const clock = virtualClock();
  const noted: number[] = [];
  const watcher = new Watcher({
    clock,
    log: silentLogger,
    frames: {
      subscribe(wanted) {
        listener = wanted;
        return () => undefined;
      },
    },
    cameras: {
      find: () => undefined,
      timeZoneOf: async () => "UTC",
      within: () => "all",
      settingsOf: () => cameras.DEFAULT_CAMERA_SETTINGS,
    },
    agents: { judges: () => false },
    keeper: { apply: () => undefined } as unknown as EventKeeper,
    density: {
      note: (_tenant: string, _camera: string, atMs: number) => noted.push(atMs),
    } as unknown as MotionDensity,
    sight: {
      luma: ({ bytes }) =>
        new Promise((resolve) => {
          decoding.push({ bytes, done: () => resolve(new Uint8Array(LUMA_WIDTH * LUMA_HEIGHT).fill(90)) });
        }),
      forget: () => undefined,
    },
    looked: () => undefined,
  });
  watcher.start();
  const tenantId = randomUUID();
  const give = (cameraId: string, number: number): void =>
    listener({ tenantId, cameraId, kind: 1, bytes: new Uint8Array([number]), takenMs: clock.nowMs() });
  const finish = async (): Promise<void> => {
    for (const one of decoding.splice(0)) one.done();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { watcher, clock, decoding, give, finish, noted };
}

test("two pictures are in work at once, the others wait their turn, and of each camera the newest is next", async () => {
  const { decoding, give, finish, clock } = open();
  const all = Array.from({ length: 5 }, () => randomUUID());
  for (const camera of all) give(camera, 1);
  clock.advance(200);
  for (const camera of all) give(camera, 2);
  const numbers = (): number[] => decoding.map(({ bytes }) => bytes[0] as number);
  expect(numbers()).toEqual([1, 1]);
  await finish();
  expect(numbers()).toEqual([2, 2]);
  await finish();
  expect(numbers()).toEqual([2, 2]);
  await finish();
  expect(numbers()).toEqual([2]);
  await finish();
  expect(numbers()).toEqual([]);
});

test("about five pictures of a camera are looked at in a second, however many come", async () => {
  const { watcher, give, finish, clock } = open();
  const camera = randomUUID();
  for (let i = 0; i < 600; i++) {
    give(camera, i % 256);
    await finish();
    clock.advance(1_000 / 60);
  }
  expect(watcher.stats().looks).toBeGreaterThanOrEqual(45);
  expect(watcher.stats().looks).toBeLessThanOrEqual(56);
});

test("pictures of one camera are looked at in the order of their time", async () => {
  const { give, finish, clock, noted, decoding } = open();
  const camera = randomUUID();
  give(camera, 0);
  for (let i = 1; i < 20; i++) {
    clock.advance(200);
    give(camera, i);
    expect(decoding.length).toBe(1);
    await finish();
  }
  await finish();
  expect(noted).toEqual(noted.toSorted((a, b) => a - b));
  expect(noted.length).toBeGreaterThan(10);
});
