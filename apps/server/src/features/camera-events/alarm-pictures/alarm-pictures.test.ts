import { randomUUID } from "node:crypto";
import { silentLogger } from "@gatehouse/base";
import { type BusMessages, cameras } from "@gatehouse/contract";
import { virtualClock } from "@gatehouse/testkit";
import { beforeEach, expect, test } from "vitest";
import { createBus } from "../../../platform/bus/bus.ts";
import { encodePicture, pixelsOf } from "../../../platform/pictures/index.ts";
import type { Frame } from "../ports.ts";
import { createAlarmPictures } from "./index.ts";

const tenantId = randomUUID();
const cameraId = randomUUID();
const clock = virtualClock();
const bus = createBus(silentLogger);
const SIZE = { width: 960, height: 540 };
const BOX = { label: "person", score: 0.8, x: 0.25, y: 0.25, width: 0.25, height: 0.5 };

let settings: cameras.CameraSettings;
let listener: (frame: Frame) => void = () => undefined;
let pictures: ReturnType<typeof createAlarmPictures>;
beforeEach(async () => {
  await pictures?.stop?.();
  const { detection } = cameras.DEFAULT_CAMERA_SETTINGS;
  settings = {
    ...cameras.DEFAULT_CAMERA_SETTINGS,
    detection: { ...detection, enabled: true, pictureInAlerts: true },
  };
  pictures = createAlarmPictures({
    frames: {
      subscribe: (one) => {
        listener = one;
        return () => undefined;
      },
      initOf: () => undefined,
    },
    settingsOf: () => settings,
    keyFrames: { jpegOf: () => Promise.reject(new Error("no video here")) },
    bus,
    clock,
    log: silentLogger,
  });
  await pictures.start?.();
});

/** A grey frame, and what a look found in it. */
async function look(grey: number, score: number): Promise<void> {
  clock.advance(200);
  const takenMs = clock.nowMs();
  const bytes = await encodePicture(new Uint8Array(SIZE.width * SIZE.height * 3).fill(grey), SIZE, 80);
  listener({ tenantId, cameraId, kind: cameras.FRAME_KINDS.jpeg, bytes, takenMs });
  const found: BusMessages["camera.found"] = {
    tenantId,
    cameraId,
    takenMs,
    model: "m",
    boxes: [{ ...BOX, score }],
  };
  bus.publish("camera.found", found);
}

const event = (startMs: number) => ({ id: randomUUID(), cameraId, startMs, endMs: undefined });
const greyAt = async (jpeg: Uint8Array | undefined, x: number, y: number): Promise<number> => {
  const { rgb, width, height } = await pixelsOf(jpeg ?? new Uint8Array());
  return rgb[3 * (Math.round(y * height) * width + Math.round(x * width)) + 2] as number;
};

test("the surest look of the event is drawn small, with what it found framed", async () => {
  const startMs = clock.nowMs();
  for (const [grey, score] of [
    [60, 0.5],
    [120, 0.9],
    [200, 0.6],
  ] as const)
    await look(grey, score);
  const jpeg = await pictures.of(event(startMs));
  expect(jpeg?.length).toBeLessThan(150_000);
  expect(await pixelsOf(jpeg ?? new Uint8Array())).toMatchObject({ width: 640, height: 360 });
  expect(Math.abs((await greyAt(jpeg, 0.4, 0.5)) - 120)).toBeLessThan(12);
  // The left edge of the frame is orange: little blue.
  expect(await greyAt(jpeg, 0.25, 0.6)).toBeLessThan(90);
});

test("an event shows nothing of the one before it", async () => {
  await look(60, 0.9);
  clock.advance(5_000);
  const startMs = clock.nowMs();
  expect(await pictures.of(event(startMs))).toBeUndefined();
  await look(200, 0.5);
  expect(Math.abs((await greyAt(await pictures.of(event(startMs)), 0.4, 0.5)) - 200)).toBeLessThan(12);
});

test("an event that comes soon after one that was surer has its picture", async () => {
  for (let i = 0; i < 12; i++) await look(60, 0.9);
  clock.advance(5_000);
  const startMs = clock.nowMs();
  for (let i = 0; i < 3; i++) await look(200, 0.5);
  expect(Math.abs((await greyAt(await pictures.of(event(startMs)), 0.4, 0.5)) - 200)).toBeLessThan(12);
});

test("no picture leaves the house unless the owner says so, at the time it would", async () => {
  const startMs = clock.nowMs();
  await look(60, 0.9);
  const one = event(startMs);
  expect(await pictures.of(one)).toBeDefined();
  settings = { ...settings, detection: { ...settings.detection, pictureInAlerts: false } };
  expect(await pictures.of(one)).toBeUndefined();
  bus.publish("camera.changed", { tenantId, cameraId });
  settings = { ...settings, detection: { ...settings.detection, pictureInAlerts: true } };
  expect(await pictures.of(event(startMs))).toBeUndefined();
});

test("a camera whose pictures stay with its machine shows the one of its alarm, where the owner lets it", async () => {
  const startMs = clock.nowMs();
  const bytes = await encodePicture(new Uint8Array(SIZE.width * SIZE.height * 3).fill(120), SIZE, 80);
  const shown = { tenantId, cameraId, takenMs: startMs, boxes: [{ ...BOX }], bytes };
  settings = { ...settings, detection: { ...settings.detection, pictureInAlerts: false } };
  bus.publish("camera.shown", shown);
  settings = { ...settings, detection: { ...settings.detection, pictureInAlerts: true } };
  expect(await pictures.of(event(startMs))).toBeUndefined();
  bus.publish("camera.shown", shown);
  expect(Math.abs((await greyAt(await pictures.of(event(startMs)), 0.4, 0.5)) - 120)).toBeLessThan(12);
});

test("is made while the alert is being written, and once for all who ask", async () => {
  const startMs = clock.nowMs();
  const one = event(startMs);
  const said = { tenantId, cameraId, eventId: one.id };
  bus.publish("camera.event", { ...said, kind: "person", startMs });
  await look(60, 0.5);
  bus.publish("camera.alarm", { ...said, atMs: clock.nowMs() });
  await look(200, 0.9);
  expect(Math.abs((await greyAt(await pictures.of(one), 0.4, 0.5)) - 60)).toBeLessThan(12);
});
