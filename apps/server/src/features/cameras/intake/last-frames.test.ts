import { cameras } from "@gatehouse/contract";
import { jpegOf } from "@gatehouse/video/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CameraHouse } from "../testing/camera-house.ts";

const MINUTE_MS = 60_000;
let house: CameraHouse;
beforeAll(async () => {
  house = await CameraHouse.open({ cameras: 3 });
}, 120_000);
afterAll(() => house[Symbol.asyncDispose]());

const send = (cameraId: string | undefined) =>
  house.feature.take(
    { tenantId: house.tenantId, cameraId: cameraId as string, way: "channel", via: "wss", address: "::1" },
    { kind: cameras.FRAME_KINDS.jpeg, bytes: jpegOf(640, 480) },
  );
const stored = async () => (await house.database.pool.query("select * from camera_last_frames")).rows;

test("a camera that sent something before a restart is silent since then, and one that never did is never", async () => {
  const [sent = "", silent = ""] = house.ids;
  send(sent);
  const takenMs = house.clock.nowMs();
  house.clock.advance(5_000);
  await house.start();
  expect(await house.camera(sent)).toMatchObject({
    state: "silent",
    health: { frames: 0, gaps: 0, width: 640, height: 480, lastFrameMs: takenMs },
  });
  expect((await house.camera(sent)).health).not.toHaveProperty("frameBytes");
  expect((await house.camera(silent)).state).toBe("never");
  send(sent);
  expect(await house.camera(sent)).toMatchObject({
    state: "live",
    health: { frames: 1, gaps: 0, lastFrameMs: house.clock.nowMs() },
  });
});

test("it is written once a minute for those that sent something, also when the server does not end in order", async () => {
  const [, , busy = ""] = house.ids;
  for (let n = 0; n < 100; n++) {
    send(busy);
    house.clock.advance(100);
  }
  expect((await stored()).map(({ device_id }) => device_id)).not.toContain(busy);
  const lastMs = house.clock.nowMs() - 100;
  house.clock.advance(MINUTE_MS);
  const row = await expect
    .poll(async () => (await stored()).find(({ device_id }) => device_id === busy), { timeout: 20_000 })
    .toBeDefined()
    .then(async () => (await stored()).find(({ device_id }) => device_id === busy));
  expect(row).toMatchObject({
    tenant_id: house.tenantId,
    taken_at: new Date(lastMs),
    width: 640,
    height: 480,
  });
});

test("a camera that was removed meanwhile keeps no other from being written", async () => {
  const [first = "", , gone = ""] = house.ids;
  send(first);
  send(gone);
  const lastMs = house.clock.nowMs();
  await house.database.pool.query("delete from devices where id = $1", [gone]);
  await house.start();
  const rows = await stored();
  expect(rows.find(({ device_id }) => device_id === first).taken_at.getTime()).toBe(lastMs);
  expect(rows.some(({ device_id }) => device_id === gone)).toBe(false);
});
