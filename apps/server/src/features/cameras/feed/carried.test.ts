import type { Uuid } from "@gatehouse/base";
import { cameras } from "@gatehouse/contract";
import { encodeFrameMessage, uuidBytes } from "@gatehouse/video";
import { H264, jpegOf } from "@gatehouse/video/testing";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { CameraHouse, THERMOMETER } from "../testing/camera-house.ts";

const { FRAME_KINDS } = cameras;
const WHOLE = jpegOf(640, 480);
const GATEWAY: Uuid = "00000000-0000-4000-8000-0000000000dd";
const BY = { via: "wss", address: "192.0.2.9" };

let house: CameraHouse;
beforeAll(async () => {
  house = await CameraHouse.open({ cameras: 6 });
}, 120_000);
afterAll(() => house[Symbol.asyncDispose]());
beforeEach(() => house.quiet());

const idOf = (number: number): Uuid => house.ids[number - 1] as Uuid;
const message = (more: Partial<Parameters<typeof encodeFrameMessage>[0]> = {}): Uint8Array =>
  encodeFrameMessage({
    cameraId: undefined,
    kind: FRAME_KINDS.jpeg,
    takenMs: undefined,
    bytes: WHOLE,
    ...more,
  });
const take = (connection: object, deviceId: Uuid, payload: Uint8Array) =>
  house.feature.carried.take(connection, { tenantId: house.tenantId, deviceId, payload }, BY);

test("a camera's own frames come with its time, and its connection ends with the session", async () => {
  const connection = {};
  expect(take(connection, idOf(1), message({ takenMs: house.clock.nowMs() + 250 }))).toBeUndefined();
  expect(house.frames).toMatchObject([{ cameraId: idOf(1), width: 640, number: 0 }]);
  expect((await house.camera(idOf(1))).health).toMatchObject({ via: "channel", clockAheadMs: 250 });
  house.feature.carried.end(connection);
  expect((await house.camera(idOf(1))).health.via).toBeUndefined();
});

test("a site gateway sends frames of the cameras it speaks for, and of no other", async () => {
  house.gatewayOf.set(idOf(2), GATEWAY);
  const connection = {};
  const of = (cameraId: Uuid, more = {}) => message({ cameraId: uuidBytes(cameraId), ...more });
  expect(take(connection, GATEWAY, of(idOf(2)))).toBeUndefined();
  expect(take(connection, GATEWAY, of(idOf(3)))).toBe("message.topic_forbidden");
  expect(take(connection, GATEWAY, message())).toBe("camera.none");
  expect(take(connection, THERMOMETER, message())).toBe("camera.none");
  expect((await house.camera(idOf(2))).health.via).toBe("agent");
  expect(house.refused.map(({ code, deviceId }) => [code, deviceId])).toEqual([
    ["message.topic_forbidden", GATEWAY],
    ["camera.none", GATEWAY],
    ["camera.none", THERMOMETER],
  ]);
  const asking = [idOf(1), GATEWAY, THERMOMETER].map((id) => house.feature.carried.mayCome(id));
  expect(asking).toEqual([true, true, false]);
});

test("another camera cannot send in a camera's name", () => {
  expect(take({}, idOf(4), message({ cameraId: uuidBytes(idOf(5)) }))).toBe("message.topic_forbidden");
  expect(house.refused).toMatchObject([{ deviceId: idOf(4) }]);
  expect(house.frames).toEqual([]);
});

test("what is no frame message is refused as the sender's doing, and a frame in it is judged as any other", async () => {
  const connection = {};
  expect(take(connection, idOf(6), new Uint8Array(5))).toBe("message.malformed");
  expect(take(connection, idOf(6), message().fill(9, 16, 17))).toBe("message.malformed");
  expect(take(connection, idOf(6), message({ bytes: WHOLE.subarray(0, -2) }))).toBe("frame.no_end");
  const video = (kind: number, bytes: Uint8Array) => take(connection, idOf(6), message({ kind, bytes }));
  expect(video(FRAME_KINDS.videoInit, H264.init)).toBeUndefined();
  expect(video(FRAME_KINDS.videoFragment, H264.fragments[0])).toBeUndefined();
  expect(house.frames.map(({ kind }) => kind)).toEqual([2, 3]);
});

test("a camera's newer connection of its own is listened to, and its gateway again when that ends", () => {
  house.gatewayOf.set(idOf(3), GATEWAY);
  const [gateway, own] = [{}, {}];
  const byGateway = () => take(gateway, GATEWAY, message({ cameraId: uuidBytes(idOf(3)) }));
  expect([byGateway(), take(own, idOf(3), message()), byGateway()]).toEqual([
    undefined,
    undefined,
    "camera.taken",
  ]);
  house.feature.carried.end(own);
  expect(byGateway()).toBeUndefined();
});
