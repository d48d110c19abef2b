import { once } from "node:events";
import { jpegOf } from "@gatehouse/video/testing";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { CameraHouse } from "../testing/camera-house.ts";

const WHOLE = jpegOf(640, 480);

let house: CameraHouse;
beforeAll(async () => {
  house = await CameraHouse.open({ cameras: 32 });
}, 120_000);
afterAll(() => house[Symbol.asyncDispose]());
beforeEach(() => house.quiet());

let used = 0;
const next = () => {
  const name = `camera-${++used}`;
  return { name, id: house.ids[used - 1] as string };
};

/** A binary message of this many bytes, of which only the first are sent: FIN, binary, masked with zeros. */
const begunMessage = (bytes: number, sent: number): Uint8Array => {
  const header = Buffer.alloc(14);
  header.writeUInt8(0x82, 0);
  header.writeUInt8(0x80 | 127, 1);
  header.writeBigUInt64BE(BigInt(bytes), 2);
  return Buffer.concat([header, Buffer.alloc(sent)]);
};

test("two hundred frames a second are thirty: the others are refused, counted, shown, and told once a second", async () => {
  const { name, id } = next();
  const camera = await house.connect(name);
  for (let second = 0; second < 3; second++) {
    for (let tenth = 0; tenth < 10; tenth++) {
      const sent = (second * 10 + tenth + 1) * 20;
      camera.send(...new Array<Uint8Array>(20).fill(WHOLE));
      await house.until(() => house.frames.length + house.refused.length === sent);
      house.clock.advance(100);
    }
  }
  // Thirty a second, and what was allowed at once.
  expect(house.frames.length).toBeGreaterThanOrEqual(90);
  expect(house.frames.length).toBeLessThanOrEqual(90 + 20);
  expect(new Set(house.codes())).toEqual(new Set(["frame.rate"]));
  const { state, health } = await house.camera(id);
  expect(state).toBe("flooding");
  expect(health.refused["frame.rate"]).toBe(600 - house.frames.length);
  expect(camera.told.length).toBeLessThanOrEqual(3);
  expect(house.statesOf(id)).toEqual(["flooding"]);
  camera.socket.close();
  house.clock.advance(11_000);
  expect(house.statesOf(id)).toEqual(["flooding", "live", "silent"]);
});

test("more messages than are read a second wait at the camera", async () => {
  const { name } = next();
  const camera = await house.connect(name);
  camera.send(...new Array<Uint8Array>(1_000).fill(jpegOf(16, 16)));
  await house.until(() => house.frames.length + house.refused.length >= 240);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(house.frames.length + house.refused.length).toBeLessThan(1_000);
  // Each pause is as long as one message may take.
  for (let step = 0; step < 2_000 && house.frames.length + house.refused.length < 1_000; step++) {
    house.clock.advance(5);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await house.until(() => house.frames.length + house.refused.length === 1_000);
  camera.socket.terminate();
});

test("of two connections with one identity the newer is listened to, and the older is closed and counted", async () => {
  const { name, id } = next();
  const older = await house.connect(name);
  older.send(WHOLE);
  await house.until(() => house.frames.length === 1);
  const newer = await house.connect(name);
  await house.until(() => older.closed !== undefined);
  expect(older.closed).toEqual([4409, "camera.taken"]);
  newer.send(WHOLE);
  await house.until(() => house.frames.length === 2);
  expect(house.frames.map(({ number }) => number)).toEqual([0, 1]);
  expect(house.refused).toMatchObject([{ code: "camera.taken", deviceId: id }]);
  expect((await house.camera(id)).health).toMatchObject({
    refused: { "camera.taken": 1 },
    via: "websocket",
  });
  await house.until(() => house.presence.length === 3);
  expect(house.presence).toEqual(["+ws", "+ws", "-camera.taken"]);
  newer.socket.close();
  await house.until(() => house.presence.length === 4);
});

test("a camera that stalls within a frame is cut after ten seconds, and one between frames is not", async () => {
  const [stalling, waiting] = [next(), next()];
  const camera = await house.connect(stalling.name);
  const other = await house.connect(waiting.name);
  camera.send(WHOLE);
  other.send(WHOLE);
  await house.until(() => house.frames.length === 2);
  camera.raw(begunMessage(40_000, 20_000));
  // Nothing says when half a message has arrived.
  await new Promise((resolve) => setTimeout(resolve, 200));
  house.clock.advance(9_000);
  expect([camera.closed, other.closed]).toEqual([undefined, undefined]);
  house.clock.advance(2_000);
  await house.until(() => camera.told.length === 1);
  // It does not answer: what it says would belong to the frame.
  house.clock.advance(1_000);
  await house.until(() => camera.closed !== undefined);
  expect(camera.told).toEqual(["frame.truncated"]);
  expect(house.refused).toMatchObject([
    { code: "frame.truncated", deviceId: stalling.id, detail: "stalled within a message" },
  ]);
  expect((await house.camera(stalling.id)).health.refused).toEqual({ "frame.truncated": 1 });
  expect(other.closed).toBeUndefined();
  other.socket.close();
  await once(other.socket, "close");
});

test("a frame in pieces and one byte at a time is one frame", async () => {
  const { name } = next();
  const camera = await house.connect(name);
  camera.socket.send(WHOLE.subarray(0, 100), { fin: false });
  camera.socket.ping();
  camera.socket.send(WHOLE.subarray(100, 101), { fin: false });
  camera.socket.send(WHOLE.subarray(101), { fin: true });
  await house.until(() => house.frames.length === 1);
  expect(Buffer.from(house.frames[0]?.bytes ?? []).equals(WHOLE)).toBe(true);
  camera.socket.terminate();
});

test("a camera that says nothing is asked after half a minute, and cut when it does not answer", async () => {
  const [alive, gone] = [next(), next()];
  const answering = await house.connect(alive.name);
  const silent = await house.connect(gone.name);
  // A library answers pings by itself; this one is deaf.
  silent.socket.pause();
  let pings = 0;
  answering.socket.on("ping", () => pings++);
  house.clock.advance(31_000);
  await house.until(() => pings === 1);
  // Its answer is on the way.
  await new Promise((resolve) => setTimeout(resolve, 200));
  house.clock.advance(33_000);
  silent.socket.resume();
  await house.until(() => silent.closed !== undefined);
  expect(silent.closed?.[0]).toBe(4408);
  expect(answering.closed).toBeUndefined();
  answering.socket.close();
  await once(answering.socket, "close");
});

test("a key that ends, a camera that is removed and an organisation that is suspended end connections at once", async () => {
  const { tenantId } = house;
  const [rotated, other, removed, suspended] = [next(), next(), next(), next()];
  const sockets = await Promise.all(
    [rotated, other, removed, suspended].map(({ name }) => house.connect(name)),
  );
  const [first, second, third, fourth] = sockets;
  house.bus.publish("device.credentials_ended", {
    tenantId,
    deviceId: other.id,
    credentialIds: ["another credential"],
  });
  house.bus.publish("device.credentials_ended", {
    tenantId,
    deviceId: rotated.id,
    credentialIds: [`credential of ${rotated.name}`],
  });
  await house.until(() => first?.closed !== undefined);
  expect(first?.closed).toEqual([4401, "device.revoked"]);
  house.bus.publish("device.changed", { tenantId, deviceId: removed.id, change: "removed" });
  await house.until(() => third?.closed !== undefined);
  expect([second?.closed, fourth?.closed]).toEqual([undefined, undefined]);
  house.bus.publish("tenant.suspended", { tenantId });
  await house.until(() => second?.closed !== undefined && fourth?.closed !== undefined);
  expect(fourth?.closed).toEqual([4401, "tenant.suspended"]);
});

test("nothing is taken from a connection that is being closed, however slowly it goes", async () => {
  const { name, id } = next();
  const camera = await house.connect(name);
  camera.socket.pause();
  house.bus.publish("device.credentials_ended", { tenantId: house.tenantId, deviceId: id });
  camera.send(WHOLE);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(house.frames).toEqual([]);
  house.clock.advance(1_000);
  camera.socket.resume();
  await house.until(() => camera.closed !== undefined);
});

test("what is no WebSocket, and a message in twenty thousand pieces, end the connection and are counted", async () => {
  const [reserved, pieces] = [next(), next()];
  const camera = await house.connect(reserved.name);
  // All three reserved bits, which nobody agreed on.
  camera.raw(Uint8Array.of(0xf2, 0x80, 0, 0, 0, 0));
  await house.until(() => camera.closed !== undefined);
  const other = await house.connect(pieces.name);
  const piece = Uint8Array.of(0x00, 0x81, 0, 0, 0, 0, 0xff);
  other.raw(
    Buffer.concat([
      Uint8Array.of(0x02, 0x81, 0, 0, 0, 0, 0xff),
      ...new Array<Uint8Array>(20_000).fill(piece),
    ]),
  );
  await house.until(() => other.closed !== undefined);
  expect(house.refused).toMatchObject([
    { code: "message.malformed", deviceId: reserved.id },
    { code: "message.malformed", deviceId: pieces.id, detail: "WS_ERR_TOO_MANY_BUFFERED_PARTS" },
  ]);
  expect((await house.camera(pieces.id)).health.refused).toEqual({ "message.malformed": 1 });
});

test("words are no frames: they are refused, and the camera goes on", async () => {
  const { name } = next();
  const camera = await house.connect(name);
  camera.send("hello, I am a camera", WHOLE);
  await house.until(() => house.frames.length === 1);
  expect(house.codes()).toEqual(["message.malformed"]);
  camera.socket.terminate();
});

test("frames of sixteen cameras at once come out whole, each camera's in order and without gaps", async () => {
  const all = Array.from({ length: 16 }, next);
  for (const { id } of all) await house.choose(id, { maxFramesPerSecond: 60 });
  const cameras = await Promise.all(all.map(({ name }) => house.connect(name)));
  house.refused.length = 0;
  for (let round = 0; round < 40; round++) {
    for (const [at, camera] of cameras.entries()) camera.send(jpegOf(100 + at, 100 + round));
    await house.until(() => house.frames.length === 16 * (round + 1));
    house.clock.advance(20);
  }
  for (const [at, { id }] of all.entries()) {
    const own = house.frames.filter(({ cameraId }) => cameraId === id);
    expect(own.map(({ number }) => number)).toEqual(Array.from({ length: 40 }, (_, number) => number));
    expect(own.map(({ width, height }) => [width, height])).toEqual(
      Array.from({ length: 40 }, (_, round) => [100 + at, 100 + round]),
    );
  }
  expect(house.refused).toEqual([]);
  for (const { socket } of cameras) socket.terminate();
}, 60_000);
