import { newUuid, systemRandom, type Uuid } from "@gatehouse/base";
import { type VirtualClock, virtualClock } from "@gatehouse/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createFolderBlobs } from "../../../platform/blobs/index.ts";
import { film, type RecordingHouse, recordingHouse, START_MS } from "../testing/house.ts";
import { RoomStore } from "./room-store.ts";

const RING = 8_000_000;
/** Of the ring that is filled ten times: more where somebody has the time. */
const FED_RING = Number(process.env.GATEHOUSE_RING_BYTES ?? RING);
const FRAME_BYTES = Math.min(1_000_000, FED_RING / 50);
const PINNED = 6_000_000;
/** The machine may be busy: time decides nothing here. */
const PATIENT = { timeout: 30_000 };

let clock: VirtualClock;
let house: RecordingHouse;
beforeEach(async () => {
  clock = virtualClock(START_MS);
  house = await recordingHouse(clock);
}, 60_000);
afterEach(() => house[Symbol.asyncDispose]());

async function start(ringBytes = RING): Promise<{ tenantId: Uuid; cameras: Uuid[] }> {
  const tenantId = await house.addTenant();
  await new RoomStore(house.db, tenantId).savePolicy({ ringBytes, pinnedBytes: PINNED }, 0, 1);
  await house.recordings.start?.();
  return { tenantId, cameras: [house.addCamera(tenantId), house.addCamera(tenantId)] };
}

const pin = (
  tenantId: Uuid,
  cameraId: Uuid,
  fromMs: number,
  toMs: number | undefined,
  eventId = newUuid(clock, systemRandom),
) =>
  house.db
    .transaction()
    .execute((tx) => house.recordings.pins.set(tx, { eventId, tenantId, cameraId, fromMs, toMs }))
    .then(() => eventId);

test("a ring that is fed ten times its cap is never above it, loses the oldest first, and what is pinned stays whole", async () => {
  const { tenantId, cameras } = await start(FED_RING);
  const [first, second] = cameras as [Uuid, Uuid];
  await film(house, { tenantId, cameraId: first }, { fromMs: START_MS, seconds: 65, fps: 4, bytes: 5_000 });
  // A visit 20 s after the start: the first minute, and so its segments, stay.
  await pin(tenantId, first, START_MS + 20_000, START_MS + 30_000);
  let most = 0;
  for (let fed = 0, atMs = START_MS + 65_000; fed < 10 * FED_RING; atMs += 5_000) {
    for (const cameraId of [first, second]) {
      await film(house, { tenantId, cameraId }, { fromMs: atMs, seconds: 5, fps: 2, bytes: FRAME_BYTES });
      fed += 5 * 2 * FRAME_BYTES;
    }
    most = Math.max(most, await house.filesBytes());
  }
  await house.recordings.stop?.();
  const rows = await house.rows();
  const pinned = rows.filter((row) => row.pinned);
  const ring = rows.filter((row) => !row.pinned);
  const sum = (list: typeof rows) => list.reduce((total, { bytes }) => total + bytes, 0);
  expect(pinned).toHaveLength(1);
  expect(pinned[0]).toMatchObject({ camera_id: first, first_ms: START_MS });
  expect(pinned[0]?.last_ms).toBeGreaterThan(START_MS + 30_000);
  expect(sum(ring)).toBeLessThanOrEqual(FED_RING);
  expect(most).toBeLessThanOrEqual(FED_RING + sum(pinned));
  // Not a fraction of it either: room is made when it is needed.
  expect(sum(ring)).toBeGreaterThan(FED_RING / 2);
  expect(await house.filesBytes()).toBe(sum(rows));
  const newest = Math.max(...rows.map(({ last_ms }) => last_ms));
  const oldestKept = Math.min(...ring.map(({ first_ms }) => first_ms));
  // One stretch of time up to now: nothing younger went while this was kept.
  const perMs = sum(ring) / (newest - oldestKept);
  expect(perMs * 1_000).toBeGreaterThan(2 * 2 * FRAME_BYTES * 0.8);
  expect(rows.every(({ state }) => state === "sealed")).toBe(true);
  expect(house.recordings.stats().lostFrames).toBe(0);
}, 600_000);

test("pins take from the ring's share, are told of, and stop recording loudly when nothing else is left; it goes on by itself", async () => {
  const { tenantId, cameras } = await start();
  const [cameraId] = cameras as [Uuid];
  const eventId = await pin(tenantId, cameraId, START_MS, undefined);
  const feed = async (seconds: number, fromMs: number) => {
    for (let at = 0; at < seconds; at += 5) {
      await film(
        house,
        { tenantId, cameraId },
        { fromMs: fromMs + at * 1_000, seconds: 5, fps: 4, bytes: 50_000 },
      );
    }
  };
  await feed(40, START_MS);
  await expect
    .poll(() => house.recordings.needs(tenantId), PATIENT)
    .toEqual([{ kind: "recording_pins_over" }]);
  await feed(60, START_MS + 40_000);
  await expect
    .poll(() => house.recordings.needs(tenantId))
    .toMatchObject([{ kind: "recording_pinned_full" }]);
  expect(house.recordings.stats().lostFrames).toBeGreaterThan(0);
  expect(await house.filesBytes()).toBeLessThanOrEqual(RING + PINNED);
  await expect.poll(() => house.trail.kinds(), PATIENT).toContain("recording.paused");
  // The event ends early: what came after it is needed no more.
  await pin(tenantId, cameraId, START_MS, START_MS + 10_000, eventId);
  clock.advance(6_000);
  await feed(20, START_MS + 200_000);
  await expect.poll(() => house.trail.kinds(), PATIENT).toContain("recording.resumed");
  await house.recordings.stop?.();
  expect(await house.recordings.needs(tenantId)).toEqual([]);
  const rows = await house.rows();
  expect(rows.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(await house.filesBytes());
}, 60_000);

test("a disk that is full takes the oldest away, pauses loudly when there is none, and recording goes on when it has room", async () => {
  let freeBytes = 1_000_000_000;
  const real = createFolderBlobs(house.folder, systemRandom);
  const blobs = { ...real, space: async () => ({ freeBytes, totalBytes: 2_000_000_000 }) };
  const recordings = house.again({ blobs, minFreeBytes: 500_000_000 });
  const set = { ...house, recordings };
  const tenantId = await house.addTenant();
  const cameraId = house.addCamera(tenantId);
  await recordings.start?.();
  await film(set, { tenantId, cameraId }, { fromMs: START_MS, seconds: 61, fps: 2, bytes: 2_000 });
  clock.advance(2_000);
  await expect
    .poll(async () => (await house.rows()).some(({ state }) => state === "sealed"), PATIENT)
    .toBe(true);
  freeBytes = 400_000_000;
  await film(set, { tenantId, cameraId }, { fromMs: START_MS + 61_000, seconds: 6, fps: 2, bytes: 2_000 });
  await expect
    .poll(() => recordings.needs(tenantId), PATIENT)
    .toMatchObject([{ kind: "recording_disk_full" }]);
  await expect
    .poll(async () => (await house.rows()).map(({ first_ms }) => first_ms), PATIENT)
    .not.toContain(START_MS);
  freeBytes = 1_000_000_000;
  clock.advance(6_000);
  await film(
    set,
    { tenantId, cameraId },
    { fromMs: START_MS + FRAME_BYTES, seconds: 6, fps: 2, bytes: 2_000 },
  );
  await expect.poll(() => recordings.needs(tenantId), PATIENT).toEqual([]);
  await recordings.stop?.();
  expect(house.trail.kinds()).toEqual(expect.arrayContaining(["recording.paused", "recording.resumed"]));
}, 60_000);

test("a write that fails half-way leaves what was there: whole chunks, unsigned, and the next segment begins anew", async () => {
  const real = createFolderBlobs(house.folder, systemRandom);
  let failing = false;
  const blobs: typeof real = {
    ...real,
    async create(name) {
      const file = await real.create(name);
      return {
        close: () => file.close(),
        append: (bytes) =>
          failing
            ? Promise.reject(Object.assign(new Error("input/output error"), { code: "EIO" }))
            : file.append(bytes),
      };
    },
  };
  const recordings = house.again({ blobs });
  const set = { ...house, recordings };
  const tenantId = await house.addTenant();
  const cameraId = house.addCamera(tenantId);
  await recordings.start?.();
  await film(set, { tenantId, cameraId }, { fromMs: START_MS, seconds: 5, fps: 2 });
  await expect.poll(async () => (await house.rows()).map(({ frames }) => frames), PATIENT).toEqual([8]);
  failing = true;
  await film(set, { tenantId, cameraId }, { fromMs: START_MS + 5_000, seconds: 3, fps: 2 });
  await expect
    .poll(async () => (await house.rows()).map(({ state }) => state), PATIENT)
    .toEqual(["unsigned"]);
  clock.advance(6_000);
  await recordings.idle();
  failing = false;
  await film(set, { tenantId, cameraId }, { fromMs: START_MS + 20_000, seconds: 3, fps: 2 });
  await recordings.stop?.();
  expect((await house.rows()).map(({ state, frames }) => [state, frames])).toEqual([
    ["unsigned", 8],
    ["sealed", 6],
  ]);
  expect(await recordings.needs(tenantId)).toEqual([]);
}, 60_000);
