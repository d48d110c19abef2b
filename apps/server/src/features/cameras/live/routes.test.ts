import { type ClientRequest, get, type IncomingMessage } from "node:http";
import { cameras } from "@gatehouse/contract";
import { inspectJpeg } from "@gatehouse/video";
import { H264 } from "@gatehouse/video/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  type LiveHouse,
  liveHouse,
  mayView,
  OTHER_SITE,
  OTHER_TENANT,
  SITE,
  TENANT,
} from "./testing/live-house.ts";

let house: LiveHouse;
beforeEach(async () => {
  house = await liveHouse();
});
afterEach(async () => house[Symbol.asyncDispose]());

const passes = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const until = async (done: () => boolean): Promise<void> => {
  while (!done()) await passes(5);
};

/** An answer without end, read as RFC 2046 says. */
class Stream {
  readonly parts: string[] = [];
  status = 0;
  headers: IncomingMessage["headers"] = {};
  ended = false;
  readonly request: ClientRequest;
  response: IncomingMessage | undefined;
  #rest = Buffer.alloc(0);

  constructor(path: string, cookie = "who=ada") {
    this.request = get(`${house.url}${path}`, { headers: { cookie } }, (response) => {
      this.response = response;
      this.status = response.statusCode ?? 0;
      this.headers = response.headers;
      response.on("data", (bytes: Buffer) => this.#read(bytes));
      response.on("close", () => {
        this.ended = true;
      });
    });
    this.request.on("error", () => {
      this.ended = true;
    });
  }

  #read(bytes: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    for (;;) {
      const head = this.#rest.indexOf("\r\n\r\n");
      if (head === -1) return;
      const length = Number(/Content-Length: (\d+)/.exec(this.#rest.toString("latin1", 0, head))?.[1]);
      const end = head + 4 + length;
      if (this.#rest.length < end + 4) return;
      expect(this.#rest.toString("latin1", 0, head)).toContain(
        "--gatehouse-frame\r\nContent-Type: image/jpeg",
      );
      this.parts.push(this.#rest.toString("latin1", head + 4, end));
      this.#rest = this.#rest.subarray(end + 2);
    }
  }
}
const streamOf = (cameraId: string): string => cameras.watchMultipart.path.replace(":id", cameraId);
const snapshotOf = (cameraId: string): string => cameras.getSnapshot.path.replace(":id", cameraId);
const ask = (path: string, who = "ada") =>
  fetch(`${house.url}${path}`, { headers: { cookie: `who=${who}` } });

test("a snapshot is the newest frame, is kept by no cache, and is in the ledger", async () => {
  house.addPerson("ada");
  const door = house.addCamera();
  house.publish(door, { bytes: Buffer.from("picture") });
  const reply = await ask(snapshotOf(door));
  expect([reply.status, reply.headers.get("content-type"), reply.headers.get("cache-control")]).toEqual([
    200,
    "image/jpeg",
    "no-store",
  ]);
  expect(await reply.text()).toBe("picture");
  await ask(snapshotOf(door));
  expect(house.viewed.map(({ event }) => event.data)).toEqual([{ via: "snapshot" }]);
  expect(house.viewed[0]?.event.tenantId).toBe(TENANT);
});

test("no old picture, no video without its beginning and nothing of a camera that is off is a snapshot", async () => {
  house.addPerson("ada");
  const [silent, video, off, empty] = [
    house.addCamera(),
    house.addCamera(),
    house.addCamera({ state: "off" }),
    house.addCamera(),
  ];
  // Its frame has the time of before the clock was set back.
  const early = house.addCamera({ state: "silent" });
  house.publish(early, { takenMs: Date.now() + 3_600_000 });
  house.publish(silent, { takenMs: Date.now() - 11_000 });
  house.publish(video, { kind: cameras.FRAME_KINDS.videoFragment });
  house.publish(off);
  const codeOf = async (path: string) => ((await (await ask(path)).json()) as { code: string }).code;
  for (const path of [snapshotOf, streamOf]) {
    for (const camera of [silent, video, empty, early])
      expect(await codeOf(path(camera))).toBe("camera.no_picture");
    expect(await codeOf(path(off))).toBe("camera.off");
  }
  expect(house.viewed).toEqual([]);
});

test("of video the newest key frame is the snapshot, and each is a part of the stream", async () => {
  house.addPerson("ada");
  const door = house.addCamera();
  const kind = cameras.FRAME_KINDS.videoFragment;
  house.publish(door, { kind: cameras.FRAME_KINDS.videoInit, bytes: H264.init });
  house.publish(door, { kind, bytes: H264.fragments[0] });
  const reply = await ask(snapshotOf(door));
  expect(reply.headers.get("content-type")).toBe("image/jpeg");
  expect(inspectJpeg(Buffer.from(await reply.arrayBuffer()))).toMatchObject({ width: 64, height: 48 });
  const stream = new Stream(streamOf(door));
  await until(() => stream.parts.length === 1);
  house.publish(door, { kind, bytes: H264.fragments[1] });
  await until(() => stream.parts.length === 2);
  expect(stream.parts.every((part) => part.startsWith("\xff\xd8"))).toBe(true);
  expect(stream.parts[1]).not.toBe(stream.parts[0]);
  stream.request.destroy();
});

test("nobody without a session, the permission or the camera's site gets a picture", async () => {
  house.addPerson("ada");
  house.addPerson("eve", { permissions: new Map() });
  house.addPerson("bob", { permissions: mayView([OTHER_SITE]) });
  house.addPerson("mallory", { tenantId: OTHER_TENANT });
  const door = house.addCamera();
  house.publish(door);
  for (const path of [snapshotOf(door), streamOf(door)]) {
    for (const [who, status] of [
      ["nobody", 401],
      ["eve", 403],
      ["bob", 404],
      ["mallory", 404],
    ] as const)
      expect((await ask(path, who)).status).toBe(status);
  }
  expect(house.viewed).toEqual([]);
});

test("a stream has every frame as a part with its length, and ends with the right to see it", async () => {
  const ada = house.addPerson("ada");
  const door = house.addCamera();
  house.publish(door, { bytes: Buffer.from("1") });
  const stream = new Stream(streamOf(door));
  await until(() => stream.parts.length === 1);
  for (const text of ["2", "three\r\n--gatehouse-frame\r\n", "4"]) {
    house.publish(door, { bytes: Buffer.from(text) });
    await until(() => stream.parts.at(-1) === text);
  }
  expect(stream.parts).toEqual(["1", "2", "three\r\n--gatehouse-frame\r\n", "4"]);
  expect(stream.headers).toMatchObject({
    "content-type": "multipart/x-mixed-replace; boundary=gatehouse-frame",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  });
  expect(house.viewed.map(({ event }) => event.data)).toEqual([{ via: "multipart" }]);
  house.people.set("ada", { ...ada, permissions: mayView([OTHER_SITE]) });
  house.bus.publish("access.changed", { tenantId: TENANT, personIds: "all" });
  await until(() => stream.ended);
});

test("a stream ends with its session", async () => {
  const ada = house.addPerson("ada");
  const door = house.addCamera();
  house.publish(door);
  const stream = new Stream(streamOf(door));
  await until(() => stream.parts.length === 1);
  const { tenantId, personId, sessionId } = ada;
  house.bus.publish("session.ended", { tenantId, personId, sessionId });
  await until(() => stream.ended);
});

test("a stream has nothing of a camera that is off, and ends with a camera that is gone", async () => {
  house.addPerson("ada");
  const door = house.addCamera();
  house.publish(door);
  const stream = new Stream(streamOf(door));
  await until(() => stream.parts.length === 1);
  const set = (state: cameras.CameraState) =>
    house.cameras.set(door, { tenantId: TENANT, siteId: SITE, state });
  set("off");
  house.publish(door, { bytes: Buffer.from("nobody sees this") });
  set("live");
  house.publish(door, { bytes: Buffer.from("on again") });
  await until(() => stream.parts.length === 2);
  expect(stream.parts.at(-1)).toBe("on again");
  house.cameras.delete(door);
  await until(() => stream.ended);
});

test("a stream's pace is bounded, and so are the streams of one person", async () => {
  house.addPerson("ada");
  const door = house.addCamera();
  house.publish(door);
  const streams = [new Stream(`${streamOf(door)}?fps=5`)];
  for (let i = 0; i < 4; i++) streams.push(new Stream(streamOf(door)));
  await until(() => streams.every(({ parts }) => parts.length === 1));
  expect((await ask(streamOf(door))).status).toBe(503);
  const beganMs = performance.now();
  for (let i = 0; i < 50; i++) {
    house.publish(door);
    await passes(15);
  }
  await until(() => streams[1]?.parts.at(-1) === "picture 51");
  const seconds = (performance.now() - beganMs) / 1_000;
  expect(streams[0]?.parts.length).toBeLessThan(5 * seconds + 3);
  streams[0]?.request.destroy();
  house.publish(door);
  // Its place is free once the server has heard that it is gone.
  for (let isIn = false; !isIn; ) {
    const next = new Stream(streamOf(door));
    await until(() => next.parts.length === 1 || next.ended);
    isIn = next.parts.length === 1;
  }
});

test("a client that takes nothing waits for the newest frame, and holds no more than one", async () => {
  house.addPerson("ada");
  const door = house.addCamera();
  house.publish(door);
  const stream = new Stream(streamOf(door));
  await until(() => stream.parts.length === 1);
  stream.response?.pause();
  const bytes = Buffer.alloc(1_000_000, 7);
  for (let i = 0; i < 40; i++) {
    house.publish(door, { bytes });
    await passes(5);
  }
  house.publish(door, { bytes: Buffer.from("newest") });
  stream.response?.resume();
  await until(() => stream.parts.at(-1) === "newest");
  // What the kernel took, and one.
  expect(stream.parts.length).toBeLessThan(30);
});
