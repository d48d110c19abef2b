import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { silentLogger, type Uuid } from "@gatehouse/base";
import { virtualClock } from "@gatehouse/testkit";
import { FRAME_KINDS, HEADER_BYTES } from "@gatehouse/video";
import { afterAll, beforeAll, expect, test } from "vitest";
import { mount } from "../../platform/http/mount.ts";
import { createHttpServer } from "../../platform/http/server.ts";
import { ownerOf, testGates } from "../../platform/http/testing/gates.ts";
import { film, type RecordingHouse, recordingHouse, START_MS } from "./testing/house.ts";

const clock = virtualClock(START_MS + 200_000);
let house: RecordingHouse;
let tenantId: Uuid;
let cameraId: Uuid;
let sent: Uint8Array[];
let app: Awaited<ReturnType<typeof createHttpServer>>;
let asker: Uuid | undefined;

beforeAll(async () => {
  house = await recordingHouse(clock);
  tenantId = await house.addTenant();
  cameraId = house.addCamera(tenantId);
  await house.recordings.start?.();
  sent = [];
  const end = house.source.subscribe(({ bytes }) => sent.push(bytes));
  await film(house, { tenantId, cameraId }, { fromMs: START_MS, seconds: 90, fps: 2, bytes: 500 });
  end();
  await house.recordings.stop?.();
  await house.recordings.start?.();
  app = await createHttpServer({
    trustedProxies: [],
    perMinute: 10_000,
    maxConnections: 10,
    log: silentLogger,
  });
  const device = (id: Uuid) => {
    const camera = house.cameras.find(id);
    return camera && { tenantId: camera.tenantId, places: () => [{ siteId: camera.siteId, deviceId: id }] };
  };
  const gates = testGates({
    person: { authenticate: async () => (asker === undefined ? undefined : ownerOf(asker, clock.nowMs())) },
    resources: { ...house.recordings.resources, device },
    nowMs: () => clock.nowMs(),
  });
  // Errors answer as problem documents within the scope that has their handler.
  await app.register(async (scope) => void mount(scope, house.recordings.routes ?? [], gates, silentLogger));
  await app.ready();
  asker = tenantId;
}, 120_000);
afterAll(async () => {
  await app.close();
  await house[Symbol.asyncDispose]();
});

const get = (url: string, range?: string) =>
  app.inject({ url, ...(range === undefined ? {} : { headers: { range } }) });
const list = async (of = cameraId) =>
  (await get(`/api/v1/cameras/${of}/segments?fromMs=${START_MS}&toMs=${START_MS + 100_000}`)).json();
const RECORD_BYTES = 18;

test("segments are listed with their chunks, and a range of whole chunks is what the camera sent", async () => {
  const { items, more } = await list();
  expect(more).toBe(false);
  expect(items).toHaveLength(2);
  expect(items[0]).toMatchObject({
    cameraId,
    state: "sealed",
    frames: 120,
    codec: "jpeg",
    startMs: START_MS,
  });
  expect(items[0].chunks).toHaveLength(60);
  const [at, length, offsetMs] = items[0].chunks[7];
  expect(offsetMs).toBe(7_000);
  const url = `/api/v1/segments/${items[0].id}/content`;
  const part = await get(url, `bytes=${at}-${at + length - 1}`);
  expect(part.statusCode).toBe(206);
  expect(part.headers["content-type"]).toBe("application/vnd.gatehouse.frames");
  expect(part.headers["cache-control"]).toBe("no-store");
  const whole = await get(url);
  expect(whole.statusCode).toBe(200);
  expect(part.headers["content-range"]).toBe(`bytes ${at}-${at + length - 1}/${whole.rawPayload.length}`);
  expect(part.rawPayload.equals(whole.rawPayload.subarray(at, at + length))).toBe(true);
  expect(part.rawPayload.subarray(RECORD_BYTES, RECORD_BYTES + 500).equals(sent[14] as Uint8Array)).toBe(
    true,
  );
  const odd = await get(url, `bytes=${at + 3}-${at + length + 9}`);
  expect(odd.rawPayload.equals(whole.rawPayload.subarray(at + 3, at + length + 10))).toBe(true);
  const tail = await get(url, "bytes=-5");
  expect(tail.rawPayload.equals(whole.rawPayload.subarray(-5))).toBe(true);
});

test("a range behind the end is answered 416 with the size", async () => {
  const { items } = await list();
  const beyond = await get(`/api/v1/segments/${items[1].id}/content`, "bytes=999999999-");
  expect([beyond.statusCode, beyond.json().code]).toEqual([416, "segment.range_unsatisfiable"]);
  expect(beyond.headers["content-range"]).toMatch(/^bytes \*\/\d+$/);
});

test("who watches is in the audit log once in ten minutes, before the first byte", async () => {
  const views = () => house.trail.events.filter(({ kind }) => kind === "recording.viewed").length;
  const { items } = await list();
  const before = views();
  await get(`/api/v1/segments/${items[0].id}/content`, "bytes=0-9");
  await get(`/api/v1/segments/${items[1].id}/content`, "bytes=0-9");
  expect(views()).toBe(before);
  clock.advance(600_000);
  await get(`/api/v1/segments/${items[0].id}/content`, "bytes=0-9");
  await get(`/api/v1/segments/${items[1].id}/content`, "bytes=0-9");
  expect(views()).toBe(before + 1);
});

test("a picture of an event is one frame, and a look at it is in the audit log as such: playing is another", async () => {
  const looks = () =>
    house.trail.events.filter(({ kind }) => kind === "recording.viewed").map(({ data }) => data?.via);
  clock.advance(600_000);
  const begun = looks().length;
  const who = { tenantId, personId: "00000000-0000-4000-8000-000000000001" };
  const still = (atMs: number, fromMs = atMs, toMs = atMs) =>
    house.recordings.still(who, cameraId, { atMs, fromMs, toMs });
  // Two frames a second: the one that was on screen then.
  expect(Buffer.from(await still(START_MS + 7_300)).equals(sent[14] as Uint8Array)).toBe(true);
  expect(Buffer.from(await still(START_MS + 7_500)).equals(sent[15] as Uint8Array)).toBe(true);
  expect(Buffer.from(await still(START_MS)).equals(sent[0] as Uint8Array)).toBe(true);
  expect(looks().slice(begun)).toEqual(["event"]);
  await expect(still(START_MS - 1)).rejects.toMatchObject({ code: "camera.no_picture" });
  await expect(still(START_MS + 89_501)).rejects.toMatchObject({ code: "camera.no_picture" });
  // What is recorded of the event before or after its best moment, where that is not.
  const [early, late] = [
    await still(START_MS - 9, START_MS - 9, START_MS),
    await still(START_MS + 99_000, START_MS),
  ];
  expect(Buffer.from(early).equals(sent[0] as Uint8Array)).toBe(true);
  expect(Buffer.from(late).equals(sent.at(-1) as Uint8Array)).toBe(true);
  const other = { ...who, tenantId: await house.addTenant() };
  const start = { atMs: START_MS, fromMs: START_MS, toMs: START_MS };
  await expect(house.recordings.still(other, cameraId, start)).rejects.toMatchObject({
    code: "camera.no_picture",
  });
  const { items } = await list();
  await get(`/api/v1/segments/${items[0].id}/content`, "bytes=0-9");
  expect(looks().slice(begun)).toEqual(["event", "playback"]);
});

test("a picture of an event of video is made of the key frame before it", async () => {
  const { mp4Init, mp4Fragment } = FRAME_KINDS;
  const other = await house.addTenant();
  const video = house.addCamera(other);
  const fromMs = clock.nowMs();
  const part = (n: number) => Uint8Array.of(n, n);
  house.source.send({ tenantId: other, cameraId: video, takenMs: fromMs, kind: mp4Init, bytes: part(1) });
  for (let n = 2; n < 6; n++)
    house.source.send({
      ...{ tenantId: other, cameraId: video, kind: mp4Fragment, bytes: part(n) },
      takenMs: fromMs + n * 1_000,
    });
  clock.advance(20_000);
  await house.recordings.idle();
  const who = { tenantId: other, personId: "00000000-0000-4000-8000-000000000001" };
  // The house's decoder answers what it was given.
  expect([
    ...(await house.recordings.still(who, video, { atMs: fromMs + 4_300, fromMs, toMs: fromMs + 9_000 })),
  ]).toEqual([1, 1, 4, 4]);
});

test("another organisation finds nothing, whatever it asks", async () => {
  const { items } = await list();
  asker = await house.addTenant();
  const answers = [
    await get(`/api/v1/segments/${items[0].id}/content`),
    await get(`/api/v1/segments/${items[0].id}/manifest`),
    await get(`/api/v1/cameras/${cameraId}/segments?fromMs=0&toMs=${START_MS}`),
  ];
  const span = { fromMs: START_MS, toMs: START_MS + 60_000, buckets: 10 };
  const timeline = await app.inject({
    method: "POST",
    url: "/api/v1/recordings/timeline",
    payload: { cameraIds: [cameraId], ...span },
  });
  const storage = (await get("/api/v1/recordings/storage")).json();
  asker = undefined;
  const anonymous = await get(`/api/v1/segments/${items[0].id}/content`);
  asker = tenantId;
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([404, 404, 404]);
  expect(timeline.json()).toEqual({ lanes: [] });
  expect(storage).toMatchObject({ cameras: [], ring: { segments: 0, bytes: 0 } });
  expect(anonymous.statusCode).toBe(401);
});

test("the timeline says where something is recorded, how much moved, and nothing of gaps", async () => {
  house.strengths.set(cameraId, [0, 3, 9, -1, 0, 0, 0, 0, 0, 0]);
  const timeline = await app.inject({
    method: "POST",
    url: "/api/v1/recordings/timeline",
    payload: { cameraIds: [cameraId], fromMs: START_MS - 10_000, toMs: START_MS + 190_000, buckets: 10 },
  });
  const [lane] = timeline.json().lanes;
  expect(lane).toMatchObject({
    cameraId,
    recorded: [[START_MS, START_MS + 89_500]],
    density: "03900-----",
    events: [],
  });
  const inside = await app.inject({
    method: "POST",
    url: "/api/v1/recordings/timeline",
    payload: { cameraIds: [cameraId], fromMs: START_MS + 50_000, toMs: START_MS + 60_000, buckets: 2 },
  });
  expect(inside.json().lanes[0].recorded).toEqual([[START_MS + 50_000, START_MS + 60_000]]);
  const empty = await app.inject({
    method: "POST",
    url: "/api/v1/recordings/timeline",
    payload: { cameraIds: [cameraId], fromMs: START_MS, toMs: START_MS, buckets: 2 },
  });
  expect(empty.json().code).toBe("segment.range_invalid");
});

test("a flipped bit in a chunk: that chunk never comes out, what is beside it does, and the segment says so", async () => {
  const { items } = await list();
  const [, second] = items;
  const [at, length] = second.chunks[4];
  const file = await open(join(house.folder, tenantId, cameraId, `${second.id}.ghs`), "r+");
  const place = HEADER_BYTES + at + 4 * 20 + 4 + 100;
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, place);
  await file.write(Uint8Array.of((byte[0] as number) ^ 1), 0, 1, place);
  await file.close();
  const url = `/api/v1/segments/${second.id}/content`;
  const damaged = await get(url, `bytes=${at}-${at + length - 1}`);
  expect([damaged.statusCode, damaged.json()]).toMatchObject([422, { code: "segment.damaged", chunk: 4 }]);
  expect((await get(url, `bytes=${at + length - 1}-${at + length}`)).statusCode).toBe(422);
  expect((await get(url)).statusCode).toBe(422);
  expect((await get(url, `bytes=${at + length}-${at + length + 50}`)).statusCode).toBe(206);
  expect((await get(url, `bytes=0-${at - 1}`)).statusCode).toBe(206);
  expect((await list()).items.map(({ state }: { state: string }) => state)).toEqual(["sealed", "damaged"]);
});

test("a smaller cap is kept when somebody else did not change it, and is in the audit log", async () => {
  const { policyMs } = (await get("/api/v1/recordings/storage")).json();
  const policy = { ringBytes: 60_000_000, pinnedBytes: 50_000_000 };
  const put = (knownMs: number) =>
    app.inject({ method: "PUT", url: "/api/v1/recordings/policy", payload: { policy, policyMs: knownMs } });
  const changed = await put(policyMs);
  expect(changed.json()).toMatchObject({ policy, ring: { segments: 2 } });
  expect((await put(policyMs)).json().code).toBe("request.conflict");
  expect((await put(changed.json().policyMs)).statusCode).toBe(200);
  expect(house.trail.kinds().filter((kind) => kind === "recording.policy_changed")).toHaveLength(2);
});

test("a segment is given as it lies on the disk, by range, and the look is written down", async () => {
  const { items } = await list();
  const url = `/api/v1/segments/${items[0].id}/sealed`;
  const whole = await get(url);
  expect(whole.statusCode).toBe(200);
  expect(whole.rawPayload.subarray(0, 8).toString()).toBe("GHSEGMT\n");
  expect(whole.rawPayload.includes(Buffer.from("gatehouse-segment/v1"))).toBe(true);
  const part = await get(url, "bytes=8-19");
  expect([part.statusCode, part.headers["content-range"]]).toEqual([
    206,
    `bytes 8-19/${whole.rawPayload.length}`,
  ]);
  expect(part.headers["content-type"]).toBe("application/octet-stream");
  expect(part.rawPayload).toEqual(whole.rawPayload.subarray(8, 20));
  expect((await get(url, "bytes=999999999-")).json().code).toBe("segment.range_unsatisfiable");
  expect(house.trail.events.some(({ kind }) => kind === "recording.viewed")).toBe(true);
});

test("what was erased is gone: files, keys and content, with its entry; the rest stays", async () => {
  const { items } = await list();
  const span = { fromMs: START_MS, toMs: START_MS + 1_000 };
  const erased = await app.inject({
    method: "POST",
    url: `/api/v1/cameras/${cameraId}/recordings/erase`,
    payload: { ...span, reason: "asked by a visitor" },
  });
  expect(erased.json()).toEqual({ segments: 1, bytes: items[0].bytes });
  expect((await get(`/api/v1/segments/${items[0].id}/content`)).json().code).toBe("segment.erased");
  expect((await list()).items.map(({ id }: { id: Uuid }) => id)).toEqual([items[1].id]);
  const files = await readdir(join(house.folder, tenantId, cameraId));
  expect(files.sort()).toEqual([`${items[1].id}.ghs`, `${items[1].id}.key`]);
  expect(house.trail.events.at(-1)).toMatchObject({
    kind: "recording.erased",
    data: { segments: 1, bytes: items[0].bytes, ...span },
    personal: { reason: "asked by a visitor" },
  });
  expect((await get("/api/v1/recordings/storage")).json()).toMatchObject({ ring: { bytes: items[1].bytes } });
});
