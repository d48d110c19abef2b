import { spawn } from "node:child_process";
import { once } from "node:events";
import { open, readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { newUuid, silentLogger, systemRandom, type Uuid } from "@gatehouse/base";
import type { cameras } from "@gatehouse/contract";
import { virtualClock } from "@gatehouse/testkit";
import { unzipSync } from "fflate";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { endKilled } from "../../../platform/database/testing/index.ts";
import { mount } from "../../../platform/http/mount.ts";
import { createHttpServer } from "../../../platform/http/server.ts";
import { ownerOf, testGates } from "../../../platform/http/testing/gates.ts";
import type { RecordingsFeature } from "../index.ts";
import { heldReading } from "../testing/held-reading.ts";
import { type RecordingHouse, recordingHouse, START_MS } from "../testing/house.ts";
import { filmPictures } from "../testing/pictures.ts";

const CHILD = fileURLToPath(new URL("../testing/export-child.ts", import.meta.url));
const LONG_MS = 120_000;
const PATIENT = { timeout: 60_000, interval: 50 };
const clock = virtualClock(START_MS);
const exportLimits = { atOnce: 1, keepMs: 86_400_000, maxExports: 6, maxBytes: 100_000_000 };
let house: RecordingHouse;
let recordings: RecordingsFeature;
let tenantId: Uuid;
let cameraId: Uuid;
let sent: Uint8Array[];
let asker: Uuid;
let app: Awaited<ReturnType<typeof createHttpServer>>;

beforeAll(async () => {
  house = await recordingHouse(clock, { exportLimits });
  ({ recordings } = house);
  tenantId = await house.addTenant();
  cameraId = house.addCamera(tenantId);
  asker = tenantId;
  await recordings.start?.();
  sent = await filmPictures(house, { tenantId, cameraId }, { fromMs: START_MS, seconds: 90, fps: 5 });
  await recordings.idle();
  app = await createHttpServer({
    trustedProxies: [],
    perMinute: 10_000,
    maxConnections: 10,
    log: silentLogger,
  });
  const person = { authenticate: async () => ownerOf(asker, clock.nowMs()) };
  const gates = testGates({ person, resources: recordings.resources ?? {}, nowMs: () => clock.nowMs() });
  await app.register(async (scope) => void mount(scope, recordings.routes ?? [], gates, silentLogger));
  await app.ready();
}, LONG_MS);
afterAll(async () => {
  await app.close();
  await recordings.stop?.();
  await house[Symbol.asyncDispose]();
});

type Shown = cameras.RecordingExport;
const URL_OF_ALL = "/api/v1/recordings/exports";
const call = async (method: "GET" | "POST" | "DELETE", path: string, payload?: object) =>
  app.inject({ method, url: URL_OF_ALL + path, ...(payload === undefined ? {} : { payload }) });
const ask = async (fromS: number, toS: number, more: object = {}) => {
  const span = { fromMs: START_MS + fromS * 1_000, toMs: START_MS + toS * 1_000 };
  return (await call("POST", "", { cameraId, ...span, form: "mp4", ...more })).json() as Shown & {
    code?: string;
  };
};
const get = async (id: Uuid): Promise<Shown> => (await call("GET", `/${id}`)).json();
const ended = (id: Uuid): Promise<Shown> =>
  vi.waitFor(async () => {
    const one = await get(id);
    if (one.state === "waiting" || one.state === "running") throw new Error(one.state);
    return one;
  }, PATIENT);
const content = (id: Uuid, range?: string) =>
  app.inject({ url: `${URL_OF_ALL}/${id}/content`, ...(range === undefined ? {} : { headers: { range } }) });
const files = async (): Promise<string[]> =>
  (await readdir(house.exportFolder, { recursive: true })).filter((name) => /\.\w+$/.test(name));
const exported = (): number => house.trail.events.filter(({ kind }) => kind === "recording.exported").length;

test("a film is made, kept sealed, fetched by range, and the same again is there already", {
  timeout: LONG_MS,
}, async () => {
  const asked = await ask(5, 25);
  const done = await ended(asked.id);
  expect(done).toMatchObject({ state: "done", progress: 1, frames: 100, damaged: 0 });
  expect(done.expiresMs).toBe((done.endedMs ?? 0) + 86_400_000);
  const whole = await content(asked.id);
  expect(whole.headers).toMatchObject({ "content-type": "video/mp4", "content-length": String(done.bytes) });
  expect(whole.headers["content-disposition"]).toMatch(
    /^attachment; filename="camera-[0-9a-f]{8}-[\dTZ-]+\.mp4"$/,
  );
  expect(whole.rawPayload.subarray(4, 8).toString()).toBe("ftyp");
  const part = await content(asked.id, "bytes=100-2099");
  expect([part.statusCode, part.headers["content-range"]]).toEqual([206, `bytes 100-2099/${done.bytes}`]);
  expect(part.rawPayload.equals(whole.rawPayload.subarray(100, 2_100))).toBe(true);
  expect((await content(asked.id, `bytes=${done.bytes}-`)).statusCode).toBe(416);
  const sealed = await readFile(join(house.exportFolder, tenantId, cameraId, `${asked.id}.sealed`));
  expect(sealed.includes("ftyp")).toBe(false);
  const before = exported();
  expect((await ask(5, 25)).id).toBe(asked.id);
  expect(exported()).toBe(before + 1);
  expect((await call("DELETE", `/${asked.id}`)).statusCode).toBe(200);
  expect([(await content(asked.id)).json().code, await files()]).toEqual(["export.not_found", []]);
});

test("films of links and exports share their room, which storage counts as the disk does", {
  timeout: LONG_MS,
}, async () => {
  const fileId = newUuid(clock, systemRandom);
  const span = { fromMs: START_MS, toMs: START_MS + 2_000 };
  const { signal } = new AbortController();
  const film = await recordings.films.render({
    tenantId,
    cameraId,
    ...span,
    fileId,
    watermark: "#7",
    signal,
  });
  const { exports: made } = (
    await app.inject("/api/v1/recordings/storage")
  ).json() as cameras.RecordingStorage;
  const sizes = await Promise.all((await files()).map((name) => stat(join(house.exportFolder, name))));
  expect(made).toEqual({ count: 1, bytes: sizes.reduce((sum, { size }) => sum + size, 0) });
  const { maxBytes } = exportLimits;
  exportLimits.maxBytes = made.bytes;
  try {
    expect((await ask(5, 9)).code).toBe("export.no_room");
    await expect(recordings.films.assertPossible(tenantId)).rejects.toThrow("export.no_room");
    await recordings.films.assertPossible(newUuid(clock, systemRandom));
  } finally {
    exportLimits.maxBytes = maxBytes;
    await recordings.films.remove(film.name);
  }
});

test("an archive has the frames as they were sent, of whole segments, with their manifests", {
  timeout: LONG_MS,
}, async () => {
  const done = await ended((await ask(70, 72, { form: "frames" })).id);
  expect(done).toMatchObject({ state: "done", frames: 30 * 5 });
  const zip = unzipSync((await content(done.id)).rawPayload);
  const list = JSON.parse(Buffer.from(zip["clip.json"] ?? []).toString());
  expect(list).toMatchObject({ v: 1, camera: cameraId, segments: [{ startMs: START_MS + 60_000 }] });
  const [{ segment }] = list.segments;
  for (const [at, bytes] of sent.slice(300).entries())
    expect(
      Buffer.compare(zip[`frames/${segment}/${String(at).padStart(5, "0")}.jpg`] ?? Buffer.alloc(0), bytes),
    ).toBe(0);
  expect(Buffer.from(zip[`manifests/${segment}.txt`] ?? []).toString()).toContain('"frames":150');
  await call("DELETE", `/${done.id}`);
});

test("what cannot be taken out is refused at once", async () => {
  expect((await ask(25, 5)).code).toBe("segment.range_invalid");
  expect((await ask(0, 90_000)).code).toBe("segment.range_invalid");
  expect((await ask(500, 600)).code).toBe("export.empty");
  expect((await ask(0, 5, { cameraId: tenantId })).code).toBe("device.not_found");
  const estimate = { cameraId, fromMs: START_MS + 1_000, toMs: START_MS + 2_000 };
  const found = (await call("POST", "/estimate", estimate)).json();
  expect(found).toMatchObject({ frames: 5, whole: { frames: 300 }, canMakeFilm: true });
});

test("another organisation finds nothing of it", { timeout: LONG_MS }, async () => {
  const { id } = await ended((await ask(0, 2)).id);
  asker = await house.addTenant();
  const answers = await Promise.all([
    call("GET", `/${id}`),
    content(id),
    call("POST", `/${id}/cancel`, {}),
    call("DELETE", `/${id}`),
  ]);
  const refused = (await ask(0, 2)).code;
  const list = (await call("GET", "")).json();
  asker = tenantId;
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([404, 404, 404, 404]);
  expect([refused, list]).toEqual(["device.not_found", { items: [] }]);
  await call("DELETE", `/${id}`);
});

test("one that is given up ends, those behind it go on, and an organisation has only so many", {
  timeout: LONG_MS,
}, async () => {
  const { promise: letGo, resolve: go } = Promise.withResolvers<void>();
  const held = heldReading(house.blobs.read, letGo);
  const reading = vi.spyOn(house.blobs, "read").mockImplementation(held);
  onTestFinished(() => {
    go();
    reading.mockRestore();
  });
  const asked: Shown[] = [];
  for (let n = 0; n < 6; n++) asked.push(await ask(n, 89));
  expect((await ask(7, 89)).code).toBe("export.too_many");
  const [first, second] = asked as [Shown, Shown];
  await expect.poll(async () => (await get(first.id)).progress).toBeGreaterThan(0);
  const givenUp = [first, second].map(({ id }) => call("POST", `/${id}/cancel`, {}));
  for (const { id } of [first, second])
    await expect.poll(async () => (await get(id)).state).toBe("cancelled");
  go();
  expect((await Promise.all(givenUp)).map((answer) => answer.json().state)).toEqual([
    "cancelled",
    "cancelled",
  ]);
  const states = (await Promise.all(asked.map(({ id }) => ended(id)))).map(({ state }) => state);
  expect(states).toEqual(["cancelled", "cancelled", "done", "done", "done", "done"]);
  expect(await files()).toHaveLength(8);
  for (const { id } of asked) await call("DELETE", `/${id}`);
});

test("of many that are asked for at once there are as many, and of the same one", {
  timeout: LONG_MS,
}, async () => {
  const same = await Promise.all(Array.from({ length: 5 }, () => ask(0, 1)));
  expect(new Set(same.map(({ id }) => id)).size).toBe(1);
  const others = await Promise.all(Array.from({ length: 12 }, (_, n) => ask(n, 89)));
  const made = others.filter(({ id }) => id !== undefined);
  expect(others.filter(({ code }) => code === "export.too_many")).toHaveLength(7);
  expect(made).toHaveLength(5);
  for (const { id } of [same[0] as Shown, ...made]) await call("DELETE", `/${id}`);
});

test("somebody who changes the file on the disk changes nothing that comes out", {
  timeout: LONG_MS,
}, async () => {
  const done = await ended((await ask(0, 9)).id);
  const path = join(house.exportFolder, tenantId, cameraId, `${done.id}.sealed`);
  const file = await open(path, "r+");
  await file.write(Uint8Array.of(255, 254), 0, 2, 200);
  await file.close();
  await expect(content(done.id)).rejects.toThrow();
  const cut = await open(path, "r+");
  await cut.truncate((await cut.stat()).size - 5);
  await cut.close();
  expect((await content(done.id)).json().code).toBe("export.damaged");
  const again = await ended((await ask(0, 9)).id);
  expect([again.state, again.id === done.id]).toEqual(["done", false]);
  await call("DELETE", `/${again.id}`);
});

test("after a kill -9 in the middle of the work it is made anew, from nothing", {
  timeout: LONG_MS,
}, async () => {
  await recordings.stop?.();
  const { id } = await ask(0, 89, { speed: 1 });
  const { connection } = house.database;
  const asked = { connection, folder: house.folder, exportFolder: house.exportFolder, tenantId, cameraId };
  const child = spawn(process.execPath, [CHILD, JSON.stringify(asked)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  for await (const line of createInterface({ input: child.stdout }))
    if (Number(line) > 0) child.kill("SIGKILL");
  await exited;
  await endKilled(house.database);
  expect((await get(id)).state).toBe("running");
  const left = await files();
  expect(left.length).toBeGreaterThan(0);
  await recordings.start?.();
  expect(await ended(id)).toMatchObject({ state: "done", frames: 445 });
  expect((await content(id)).rawPayload.subarray(4, 8).toString()).toBe("ftyp");
  await call("DELETE", `/${id}`);
});

test("the key of the organisation is made anew, and what was taken out still opens", {
  timeout: LONG_MS,
}, async () => {
  const { id } = await ended((await ask(0, 4)).id);
  await app.inject({ method: "POST", url: "/api/v1/recordings/rotate-key", payload: {} });
  await recordings.idle();
  expect((await content(id)).statusCode).toBe(200);
  await call("DELETE", `/${id}`);
});

test("what expires is gone, and so is what holds something that was erased", {
  timeout: LONG_MS,
}, async () => {
  const kept = await ended((await ask(0, 3)).id);
  clock.advance(86_400_001);
  const erased = await ended((await ask(61, 64)).id);
  const job = recordings.jobs?.find(({ name }) => name === "recordings.exports");
  await job?.run({}, new AbortController().signal);
  expect((await call("GET", `/${kept.id}`)).json().code).toBe("export.not_found");
  const device = { tenantId, deviceId: cameraId, change: "removed" } as const;
  house.bus.publish("device.changed", device as never);
  await vi.waitFor(async () => expect(await files()).toEqual([]), PATIENT);
  expect(await get(erased.id)).toMatchObject({ state: "failed", error: "segment.erased", bytes: 0 });
  expect((await content(erased.id)).json().code).toBe("segment.erased");
});
