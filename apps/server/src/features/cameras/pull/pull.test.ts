import { silentLogger, systemRandom } from "@gatehouse/base";
import { type CapturedPicture, type SourceSpec, sourceError } from "@gatehouse/capture";
import { cameras } from "@gatehouse/contract";
import { jpegOf } from "@gatehouse/video/testing";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { CameraHouse } from "../testing/camera-house.ts";
import { type CameraPullDeps, type CameraPullFeature, createCameraPull } from "./index.ts";

/** A source that a test speaks for. */
interface Opened {
  readonly spec: SourceSpec;
  readonly as: "copy" | "jpeg";
  readonly allowPrivate: boolean;
  readonly signal: AbortSignal;
  give(picture: CapturedPicture): Promise<void>;
  fail(error: Error): Promise<void>;
}

let house: CameraHouse;
let pull: CameraPullFeature;
let opened: Opened[] = [];
const KEY = new Uint8Array(32).fill(5);
const PRIVATE = "rtsp://192.168.7.20:554/stream1?token=secret";
const picture: CapturedPicture = { kind: "jpeg", bytes: jpegOf(64, 48) };
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

const open: CameraPullDeps["open"] = (spec, { signal, as, allowPrivate }) => {
  const waiting: (CapturedPicture | Error)[] = [];
  let wake = (): void => undefined;
  const put = async (one: CapturedPicture | Error): Promise<void> => {
    waiting.push(one);
    wake();
    await settle();
  };
  opened.push({ spec, as, allowPrivate, signal, give: put, fail: put });
  signal.addEventListener("abort", () => wake());
  return (async function* () {
    while (!signal.aborted) {
      const next = waiting.shift();
      if (next instanceof Error) throw next;
      if (next !== undefined) yield next;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  })();
};

async function startPull(more: Partial<CameraPullDeps> = {}): Promise<void> {
  await pull?.stop?.();
  const { audit, bus, clock, database, feature } = house;
  pull = createCameraPull({
    ...{ db: database.db, audit, bus, clock, random: systemRandom, log: silentLogger },
    ...{ cameras: feature, open, sealingKey: KEY, maxSources: 4, isSuspended: () => false },
    ...more,
  });
  await pull.start?.();
  await settle();
}

function call(
  endpoint: { readonly path: string; readonly method: string },
  { camera = 0, body, tenantId = house.tenantId }: { camera?: number; body?: object; tenantId?: string } = {},
): Promise<unknown> {
  const found = pull.routes?.find(
    ({ endpoint: one }) => one.path === endpoint.path && one.method === endpoint.method,
  );
  return (found as NonNullable<typeof found>).handler({
    principal: { tenantId },
    params: { id: house.ids[camera] },
    body,
  });
}

const put = async (more: Partial<cameras.PullSource> = {}, camera = 0) => {
  const body = { url: PRIVATE, user: "ada", password: "s3cret", allowPrivate: true, ...more };
  const view = (await call(cameras.putSource, { body, camera })) as cameras.SourceView;
  await settle();
  return view;
};
const view = async (camera = 0) =>
  ((await call(cameras.getSource, { camera })) as { source?: cameras.SourceView }).source;
const newest = (): Opened => opened.at(-1) as Opened;

beforeAll(async () => {
  house = await CameraHouse.open({ cameras: 3 });
});
afterAll(async () => {
  await pull.stop?.();
  await house[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await house.database.pool.query("delete from camera_sources");
  await startPull();
  opened = [];
  house.frames.length = 0;
  house.audit.events.length = 0;
});

it("gives fetched pictures to the intake, as of a camera that is fetched from", async () => {
  await put();
  expect(newest().spec).toMatchObject({ kind: "rtsp", url: PRIVATE, user: "ada", password: "s3cret" });
  expect(newest()).toMatchObject({ as: "copy", allowPrivate: true });
  expect(await view()).toMatchObject({ state: "connecting" });
  await newest().give(picture);
  expect(house.frames).toHaveLength(1);
  expect(await view()).toMatchObject({ state: "delivering", hasLogin: true });
  expect((await house.camera(house.ids[0] as string)).health.via).toBe("pull");
});

it("answers neither name nor password, keeps them sealed, and logs the address without its path", async () => {
  const answered = JSON.stringify([await put(), await view()]);
  expect(answered).not.toMatch(/ada|s3cret/);
  const { rows } = await house.database.pool.query("select sealed from camera_sources");
  expect(rows[0].sealed.toString("latin1")).not.toMatch(/ada|s3cret|192\.168|token/);
  expect(JSON.stringify(house.audit.events)).not.toMatch(/s3cret|token/);
  expect(house.audit.events[0]?.data).toEqual({
    change: "added",
    source: "rtsp",
    place: "rtsp://192.168.7.20:554",
    privateAllowed: true,
  });
});

it("calls a private address only where that was chosen, and some never", async () => {
  const refused = (more: Partial<cameras.PullSource>) => expect(put(more)).rejects;
  await refused({ allowPrivate: false }).toMatchObject({ fields: { reason: "address_private" } });
  await refused({ url: "http://169.254.169.254/latest" }).toMatchObject({
    fields: { reason: "address_forbidden" },
  });
  await refused({ url: "rtsp://8.8.8.8/" }).toMatchObject({ fields: { reason: "unencrypted" } });
  await refused({ url: "file:///etc/passwd" }).toMatchObject({ fields: { reason: "scheme" } });
  await refused({ url: "rtsp://ada:s3cret@10.0.0.1/" }).toMatchObject({ fields: { reason: "credentials" } });
  expect(opened).toEqual([]);
});

it("writes an address as it stands in a request", async () => {
  expect(await put({ url: "rtsp://192.168.7.20/Hof é" })).toMatchObject({
    url: "rtsp://192.168.7.20/Hof%20%C3%A9",
  });
});

it("keeps name and password for the same host alone", async () => {
  await put();
  const { user: _, password: __, ...rest } = { user: "", password: "", allowPrivate: true };
  await call(cameras.putSource, { body: { url: `${PRIVATE}&sub=1`, ...rest } });
  await settle();
  expect(newest().spec).toMatchObject({ url: `${PRIVATE}&sub=1`, user: "ada", password: "s3cret" });
  const elsewhere = { url: "rtsp://192.168.7.21/", ...rest };
  await expect(call(cameras.putSource, { body: elsewhere })).rejects.toMatchObject({
    code: "secret.required",
  });
  await expect(call(cameras.testSource, { body: elsewhere })).rejects.toMatchObject({
    code: "secret.required",
  });
  // Some cameras know a password and no name.
  await put({ user: "" });
  await expect(call(cameras.putSource, { body: elsewhere })).rejects.toMatchObject({
    code: "secret.required",
  });
});

it("fetches again after a restart", async () => {
  await put();
  await startPull();
  expect(opened).toHaveLength(2);
  expect(newest().spec).toMatchObject({ url: PRIVATE, user: "ada", password: "s3cret" });
  expect(opened[0]?.signal.aborted).toBe(true);
});

it("says that it cannot read what was sealed under another key, and takes it anew", async () => {
  await put();
  await startPull({ sealingKey: new Uint8Array(32).fill(6) });
  expect(pull.healthOf(house.ids[0] as string)).toEqual({ problem: "unreadable" });
  await put();
  expect(pull.healthOf(house.ids[0] as string)).toEqual({});
});

it("tells why nothing comes, and tries again later and later", async () => {
  await put();
  await newest().fail(sourceError("codec", "H265"));
  expect(await view()).toMatchObject({ state: "waiting", trouble: { problem: "codec", detail: "H265" } });
  await house.clock.advanceAsync(1_000);
  expect(opened).toHaveLength(2);
  await newest().fail(sourceError("connection"));
  await house.clock.advanceAsync(900);
  expect(opened).toHaveLength(2);
  await house.clock.advanceAsync(1_100);
  expect(opened).toHaveLength(3);
  // It delivers again: all is well, and the next end is the first.
  await newest().give(picture);
  expect((await view())?.trouble).toBeUndefined();
  await newest().fail(sourceError("ended"));
  await house.clock.advanceAsync(1_000);
  expect(opened).toHaveLength(4);
});

it("tries a wrong password every few minutes alone", async () => {
  await put();
  await newest().fail(sourceError("credentials"));
  await house.clock.advanceAsync(149_000);
  expect(opened).toHaveLength(1);
  await house.clock.advanceAsync(151_000);
  expect(opened).toHaveLength(2);
});

it("fetches nothing from a camera that is off, revoked, removed or of a suspended organisation", async () => {
  await put();
  const id = house.ids[0] as string;
  const isFetched = async (): Promise<boolean> => {
    await house.clock.advanceAsync(1_000);
    await settle();
    return !newest().signal.aborted;
  };
  await house.choose(id, { enabled: false });
  expect(await isFetched()).toBe(false);
  expect(await view()).toMatchObject({ state: "off" });
  await house.choose(id, { enabled: true });
  expect(await isFetched()).toBe(true);
  house.add(id, { revoked: true });
  expect(await isFetched()).toBe(false);
  house.add(id, { name: "camera-1" });
  expect(await isFetched()).toBe(true);
  await startPull({ isSuspended: () => true });
  expect(await isFetched()).toBe(false);
  await startPull();
  await put({}, 2);
  const removed = { tenantId: house.tenantId, deviceId: house.ids[2], change: "removed" };
  house.bus.publish("device.changed", removed as never);
  expect(await isFetched()).toBe(false);
  expect(await view(2)).toBeUndefined();
});

it("has video made into pictures while there are masks", async () => {
  await put();
  const id = house.ids[0] as string;
  const area: cameras.Polygon = [
    [0, 0],
    [0.5, 0],
    [0.5, 0.5],
  ];
  await house.choose(id, { masks: [area] });
  await house.clock.advanceAsync(1_000);
  expect(newest().as).toBe("jpeg");
  await house.choose(id, { masks: [] });
  await house.clock.advanceAsync(1_000);
  expect(newest().as).toBe("copy");
});

it("gives way to a camera that sends by itself, and comes back minutes later", async () => {
  await put();
  await newest().give(picture);
  const camera = await house.connect();
  camera.send(jpegOf(64, 48));
  await house.until(() => newest().signal.aborted);
  await settle();
  expect(await view()).toMatchObject({ state: "waiting", trouble: { problem: "taken" } });
  camera.socket.terminate();
});

it("leaves pictures out that come faster than was chosen, and counts none as refused", async () => {
  await put();
  await house.choose(house.ids[0] as string, { maxFramesPerSecond: 2 });
  const before = (await house.camera(house.ids[0] as string)).health.refused;
  house.frames.length = 0;
  for (let i = 0; i < 30; i++) {
    await house.clock.advanceAsync(100);
    newest().give(picture);
  }
  await settle();
  expect(house.frames.length).toBeGreaterThan(0);
  expect(house.frames.length).toBeLessThanOrEqual(7);
  expect((await house.camera(house.ids[0] as string)).health.refused).toEqual(before);
  await house.choose(house.ids[0] as string, { maxFramesPerSecond: 30 });
});

it("says that nothing of what comes is taken", async () => {
  await put();
  await newest().give({ kind: "jpeg", bytes: jpegOf(64, 48).subarray(0, 90) });
  expect(await view()).toMatchObject({ state: "delivering", trouble: { problem: "refused" } });
});

it("fetches from no more cameras at once than the installation may", async () => {
  await startPull({ maxSources: 1 });
  await put();
  await house.clock.advanceAsync(5);
  await put({}, 1);
  expect(opened).toHaveLength(1);
  expect(await view(1)).toMatchObject({ state: "waiting", trouble: { problem: "limit" } });
  await call(cameras.removeSource);
  await settle();
  expect(opened).toHaveLength(2);
  await expect(call(cameras.removeSource)).rejects.toMatchObject({ code: "camera.source_none" });
});

it("tests an address without keeping it", async () => {
  const testing = call(cameras.testSource, {
    body: { url: "http://10.1.1.1/video", allowPrivate: true },
  }) as Promise<cameras.SourceTest>;
  await house.until(() => opened.length === 1);
  await newest().give(picture);
  for (let i = 0; i < 5; i++) {
    await house.clock.advanceAsync(200);
    await newest().give(picture);
  }
  await house.clock.advanceAsync(4_000);
  expect(await testing).toMatchObject({ ok: true, video: "jpeg", width: 64, height: 48, framesPerSecond: 5 });
  expect(await view()).toBeUndefined();
  expect(house.audit.events[0]?.data).toMatchObject({ change: "tested", place: "http://10.1.1.1" });
});

it("answers another organisation as if there were no such camera", async () => {
  await put();
  const tenantId = "00000000-0000-4000-8000-0000000000ff";
  for (const endpoint of [cameras.getSource, cameras.removeSource, cameras.testSource])
    await expect(
      call(endpoint, { tenantId, body: { url: PRIVATE, allowPrivate: true } }),
    ).rejects.toMatchObject({ code: "camera.none" });
});
