import { randomUUID } from "node:crypto";
import { isAppError } from "@gatehouse/base";
import type { cameras, ReplyOf } from "@gatehouse/contract";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type House, openHouse, type TestCamera, walker } from "./testing/house.ts";

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house[Symbol.asyncDispose]());

type List = ReplyOf<typeof cameras.listCameraEvents>;
const list = (query: object = {}, more: object = {}) =>
  house.call<List>("GET /api/v1/camera-events", { query, ...more });
const view = (camera: TestCamera) =>
  house.call<cameras.MotionView>("GET /api/v1/cameras/:id/motion", { params: { id: camera.id } });

/** Three still seconds, then somebody walks through. */
async function visit(camera: TestCamera, seconds = 4): Promise<number> {
  await house.film(camera, 3);
  const cameMs = house.clock.nowMs();
  await house.film(camera, seconds, walker);
  return cameMs;
}

describe("somebody walks through the picture", () => {
  test("and an event begins with a pin, goes on, and is over after the silence", async () => {
    const camera = await house.addCamera();
    const cameMs = await visit(camera);
    const { id: cameraId, tenantId } = camera;
    expect(house.feature.isMoving(cameraId)).toBe(true);
    const { items, total } = await list();
    expect(total).toBe(1);
    const [event] = items as [cameras.CameraEvent];
    expect(event).toMatchObject({
      cameraId,
      cameraName: "camera-1",
      kind: "motion",
      recorded: "all",
      zones: [],
    });
    expect(event.endMs).toBeUndefined();
    expect(event.startMs - cameMs).toBeGreaterThanOrEqual(0);
    expect(event.startMs - cameMs).toBeLessThan(1_000);
    expect(event.strength).toBeGreaterThan(0.03);
    const { startMs, id: eventId } = event;
    expect(house.told).toEqual([{ tenantId, cameraId, eventId, kind: "motion", startMs }]);
    expect(house.pins).toEqual([{ eventId, tenantId, cameraId, fromMs: startMs - 15_000, toMs: undefined }]);
    await house.film(camera, 10);
    expect(house.feature.isMoving(cameraId)).toBe(false);
    const over = await house.call<cameras.CameraEvent>("GET /api/v1/camera-events/:id", {
      params: { id: eventId },
    });
    expect(over.endMs).toBeGreaterThan(startMs + 2_000);
    expect(over.endMs).toBeLessThan(cameMs + 6_000);
    expect(over.bestMs).toBeGreaterThanOrEqual(startMs);
    expect(house.recorded.asked).toEqual([{ cameraId, fromMs: startMs, toMs: over.endMs }]);
    expect(house.told.slice(1)).toEqual([
      { tenantId, cameraId, eventId, kind: "motion", startMs, endMs: over.endMs },
    ]);
    expect(house.pins.slice(1)).toEqual([
      { eventId, tenantId, cameraId, fromMs: startMs - 15_000, toMs: (over.endMs as number) + 10_000 },
    ]);
  });

  test("event and pin are one transaction: what fails is tried again as a whole, and told once", async () => {
    const camera = await house.addCamera();
    house.failPins(Number.POSITIVE_INFINITY);
    await visit(camera, 2);
    const { rows } = await house.pool.query("select count(*)::int as events from camera_events");
    expect(rows).toEqual([{ events: 0 }]);
    expect(house.told).toEqual([]);
    house.failPins(0);
    await house.pass(1_000);
    expect(await list()).toMatchObject({ total: 1 });
    expect(house.told).toHaveLength(1);
    const pinned = await house.pool.query("select count(*)::int as pins from pins");
    expect(pinned.rows).toEqual([{ pins: 1 }]);
  });

  test("an event that the program did not see the end of ended with the last sign of it", async () => {
    const camera = await house.addCamera();
    const cameMs = await visit(camera, 7);
    await house.restart({ crash: true, downMs: 3_600_000 });
    const [event] = (await list()).items as [cameras.CameraEvent];
    expect(event.endMs).toBeGreaterThan(cameMs + 2_000);
    expect(event.endMs).toBeLessThan(cameMs + 8_000);
    expect(house.told.at(-1)).toMatchObject({ eventId: event.id, endMs: event.endMs });
    expect(house.pins.at(-1)).toMatchObject({ eventId: event.id, toMs: (event.endMs as number) + 10_000 });
  });

  test("an orderly stop ends what goes on", async () => {
    const camera = await house.addCamera();
    await visit(camera);
    await house.restart({ crash: false });
    const { rows } = await house.pool.query(
      "select count(*)::int as n from camera_events where end_at is null",
    );
    expect(rows).toEqual([{ n: 0 }]);
  });

  test("a camera that falls silent ends its event", async () => {
    const camera = await house.addCamera();
    await visit(camera);
    await house.pass(9_000);
    expect((await list()).items[0]?.endMs).toBeDefined();
  });

  test("and out of the house: an event of a camera that is removed is given up", async () => {
    const [gone, other] = [await house.addCamera(), await house.addCamera()];
    house.failPins(1);
    await visit(gone, 1);
    await house.remove(gone);
    await visit(other, 2);
    expect((await list()).items.map(({ cameraId }) => cameraId)).toEqual([other.id]);
  });
});

describe("nobody looks", () => {
  test("where motion is switched off; what goes on then ends", async () => {
    const camera = await house.addCamera();
    await visit(camera);
    house.change(camera, { enabled: false });
    await house.film(camera, 3, walker);
    expect(house.feature.isMoving(camera.id)).toBeUndefined();
    expect((await list()).items[0]?.endMs).toBeDefined();
    await expect(view(camera)).rejects.toSatisfy((error) => isAppError(error, "camera.no_picture"));
  });

  test("in a zone that is ignored, from the moment it is", async () => {
    const camera = await house.addCamera();
    const everything: cameras.Polygon = [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 1],
    ];
    await house.film(camera, 3);
    house.change(camera, { zones: [{ name: "All", kind: "ignore", area: everything }] });
    await house.film(camera, 4, walker);
    expect((await list()).total).toBe(0);
    expect((await view(camera)).cells.every((row) => /^-{24}$/.test(row))).toBe(true);
    house.change(camera, { zones: [{ name: "Path", kind: "watch", area: everything }] });
    await house.film(camera, 4, walker);
    expect((await list()).items[0]?.zones).toEqual(["Path"]);
  });

  test("at what begins a video, and what cannot be decoded is counted", async () => {
    const camera = await house.addCamera();
    house.give(await house.frame(camera, { kind: 2 }));
    await house.feature.idle();
    expect(house.feature.stats()).toEqual({ looks: 0, failed: 0 });
    house.give(await house.frame(camera, { bytes: new Uint8Array([0xff, 0xd8, 0xff, 0xd9]) }));
    await house.feature.idle();
    expect(house.feature.stats()).toEqual({ looks: 0, failed: 1 });
    await house.pass(1_000);
    house.give(await house.frame(camera));
    await house.feature.idle();
    expect(house.feature.stats()).toEqual({ looks: 1, failed: 1 });
  });
});

test("the view shows the cells that move in the newest frame", async () => {
  const camera = await house.addCamera();
  await expect(view(camera)).rejects.toSatisfy((error) => isAppError(error, "camera.no_picture"));
  await visit(camera, 2);
  const seen = await view(camera);
  expect(seen).toMatchObject({ columns: 24, rows: 18, dark: false });
  expect(seen.cells).toHaveLength(18);
  expect(seen.cells.every((row) => /^[0-9]{24}$/.test(row))).toBe(true);
  expect(seen.cells.slice(7, 12).join("")).toMatch(/[5-9]/);
  expect(seen.cells[0]).toBe("0".repeat(24));
  expect(seen.share).toBeGreaterThan(seen.threshold);
  await expect(view({ ...camera, id: randomUUID() })).rejects.toSatisfy((error) =>
    isAppError(error, "camera.none"),
  );
});

describe("a camera notices something by itself", () => {
  const say = (camera: TestCamera, part: object = {}): void =>
    house.bus.publish("device.log", {
      tenantId: camera.tenantId,
      deviceId: camera.id,
      entry: { id: "1", tsMs: house.clock.nowMs(), kind: "event", level: "info", message: "motion", ...part },
    });

  test("and an event of kind device begins, goes on with each sign, and ends", async () => {
    const camera = await house.addCamera();
    const saidMs = house.clock.nowMs();
    for (let i = 0; i < 3; i++) {
      say(camera);
      await house.pass(5_000);
    }
    expect(house.feature.isMoving(camera.id)).toBe(true);
    await house.pass(10_000);
    expect((await list({ kinds: "device" })).items).toMatchObject([
      { kind: "device", startMs: saidMs, endMs: saidMs + 10_000, strength: 0 },
    ]);
    expect(house.pins).toHaveLength(2);
  });

  test("but not with an old line, another one, or as a device that is no camera", async () => {
    const camera = await house.addCamera();
    say(camera, { tsMs: house.clock.nowMs() - 600_000 });
    say(camera, { message: "door opened" });
    say(camera, { kind: "log" });
    say({ ...camera, id: randomUUID() });
    await house.pass(1_000);
    expect((await list()).total).toBe(0);
  });
});

describe("the list", () => {
  const insert = async (camera: TestCamera, startMs: number, kind = "motion"): Promise<string> => {
    const id = randomUUID();
    await house.pool.query(
      `insert into camera_events (id, tenant_id, camera_id, kind, start_at, seen_at, end_at, strength, zones, best_at)
       values ($1, $2, $3, $4, $5, $6, $6, 0.1, '{}', $5)`,
      [id, camera.tenantId, camera.id, kind, new Date(startMs), new Date(startMs + 5_000)],
    );
    return id;
  };

  test("is read page by page, newest first, and counts all that match", async () => {
    const camera = await house.addCamera();
    const ids: string[] = [];
    for (let i = 0; i < 7; i++)
      ids.unshift(await insert(camera, 1_000_000_000_000 + Math.floor(i / 2) * 60_000));
    const read: string[] = [];
    let before: string | undefined;
    do {
      const { items, total } = await list({ limit: "3", ...(before === undefined ? {} : { before }) });
      expect(total).toBe(7);
      read.push(...items.map(({ id }) => id));
      const last = items.at(-1);
      before = items.length < 3 || last === undefined ? undefined : `${last.startMs}.${last.id}`;
    } while (before !== undefined);
    expect(read).toHaveLength(7);
    expect(new Set(read)).toEqual(new Set(ids));
    await expect(list({ before: "yesterday" })).rejects.toSatisfy((error) =>
      isAppError(error, "request.invalid"),
    );
  });

  test("keeps to the camera, the kinds and the span that are asked for", async () => {
    const [door, garden] = [await house.addCamera(), await house.addCamera()];
    const t = 1_700_000_000_000;
    const atDoor = await insert(door, t);
    const inGarden = await insert(garden, t + 60_000, "device");
    const found = async (query: object): Promise<string[]> => (await list(query)).items.map(({ id }) => id);
    expect(await found({ camera: door.id })).toEqual([atDoor]);
    expect(await found({ kinds: "device,person" })).toEqual([inGarden]);
    expect(await found({ fromMs: String(t + 5_000), toMs: String(t + 59_999) })).toEqual([atDoor]);
    expect(await found({ fromMs: String(t + 5_001), toMs: String(t + 59_999) })).toEqual([]);
  });

  test("of one site are read page by page too, and counted alone", async () => {
    const siteId = randomUUID();
    const [here, there] = [await house.addCamera({ siteId, label: "Back door" }), await house.addCamera()];
    const t = 1_600_000_000_000;
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) {
      ids.unshift(await insert(here, t + n * 60_000));
      await insert(there, t + n * 60_000 + 1);
    }
    const first = await list({ site: siteId, limit: "3" });
    const last = first.items.at(-1);
    const rest = await list({ site: siteId, limit: "3", before: `${last?.startMs}.${last?.id}` });
    expect([first.total, rest.total]).toEqual([5, 5]);
    expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual(ids);
    expect(first.items[0]).toMatchObject({ cameraName: here.name, cameraLabel: "Back door" });
    expect((await list({ site: siteId, camera: there.id })).total).toBe(0);
    expect((await list({ site: randomUUID() })).items).toEqual([]);
  });

  test("shows nothing of another organisation, nor of cameras beyond somebody's reach", async () => {
    const [mine, hidden] = [await house.addCamera(), await house.addCamera()];
    const theirs = await house.addCamera({ tenantId: randomUUID() });
    const t = 1_700_000_000_000;
    const [own, other, foreign] = [await insert(mine, t), await insert(hidden, t), await insert(theirs, t)];
    const reach = { sites: new Set([mine.siteId]), devices: new Set<string>() };
    const found = async (query: object, more: object): Promise<string[]> =>
      (await list(query, more)).items.map(({ id }) => id);
    expect((await found({}, {})).toSorted()).toEqual([own, other].toSorted());
    expect(await found({}, { reach })).toEqual([own]);
    expect(await found({ camera: hidden.id }, { reach })).toEqual([]);
    expect(await found({ camera: theirs.id }, {})).toEqual([]);
    const locate = house.feature.resources?.camera_event;
    expect(await locate?.(foreign)).toMatchObject({ tenantId: theirs.tenantId });
    expect(await (await locate?.(other))?.places?.()).toEqual([
      { siteId: hidden.siteId, deviceId: hidden.id },
    ]);
    expect(await locate?.(randomUUID())).toBeUndefined();
  });

  test("gives timelines what overlaps a span, so many of each camera", async () => {
    const [door, garden] = [await house.addCamera(), await house.addCamera()];
    const t = 1_700_000_000_000;
    for (let i = 0; i < 5; i++) await insert(door, t + i * 60_000);
    const late = await insert(garden, t + 600_000);
    const { tenantId, feature } = house;
    const found = await feature.eventsIn(tenantId, [door.id, garden.id], t + 4_000, t + 600_001, 3);
    expect(found.filter(({ cameraId }) => cameraId === door.id).map(({ startMs }) => startMs - t)).toEqual([
      0, 60_000, 120_000,
    ]);
    expect(found.filter(({ cameraId }) => cameraId === garden.id).map(({ id }) => id)).toEqual([late]);
    expect(await feature.eventsIn(randomUUID(), [door.id], t, t + 600_000, 3)).toEqual([]);
  });

  test("loses what is older than anything recorded of its camera", async () => {
    const camera = await house.addCamera();
    const day = 86_400_000;
    await insert(camera, house.clock.nowMs() - 31 * day);
    const kept = await insert(camera, house.clock.nowMs() - 29 * day);
    const [job] = house.feature.jobs ?? [];
    await job?.run({}, new AbortController().signal);
    expect((await list()).items.map(({ id }) => id)).toEqual([kept]);
  });
});
