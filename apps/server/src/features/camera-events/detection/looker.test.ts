import { AppError } from "@gatehouse/base";
import type { BusMessages, cameras, ReplyOf } from "@gatehouse/contract";
import type { Detection } from "@gatehouse/detect";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type House, openHouse, type TestCamera, walker } from "../testing/house.ts";

let house: House;
let found: BusMessages["camera.found"][];
let alarms: BusMessages["camera.alarm"][];
beforeEach(async () => {
  house = await openHouse();
  [found, alarms] = [[], []];
  house.bus.subscribe("camera.found", (message) => void found.push(message));
  house.bus.subscribe("camera.alarm", (message) => void alarms.push(message));
});
afterEach(() => house[Symbol.asyncDispose]());

const list = async (kinds = "person,object"): Promise<cameras.CameraEvent[]> =>
  (
    await house.call<ReplyOf<typeof cameras.listCameraEvents>>("GET /api/v1/camera-events", {
      query: { kinds },
    })
  ).items;
const view = (camera: TestCamera) =>
  house.call<cameras.DetectionView>("GET /api/v1/cameras/:id/detection", { params: { id: camera.id } });

/** The pictures of the test are 192 × 144, looked at within 96 × 96. */
const person = (x: number, part: Partial<Detection> = {}): Detection => ({
  ...{ label: "person", score: 0.8, x1: x, y1: 20, x2: x + 12, y2: 60 },
  ...part,
});

async function watched(part: Partial<cameras.DetectionSettings> = {}): Promise<TestCamera> {
  const camera = await house.addCamera();
  house.look(camera, { enabled: true, ...part });
  return camera;
}

describe("somebody walks before a camera in whose pictures people are looked for", () => {
  test("and is one event with one alarm, from the first look that finds somebody to the last", async () => {
    const camera = await watched();
    await house.film(camera, 3);
    const cameMs = house.clock.nowMs();
    house.detector.find = (atMs) => [person(10 + (atMs - cameMs) / 200)];
    await house.film(camera, 4, walker);
    const leftMs = house.clock.nowMs();
    house.detector.find = () => [];
    await house.film(camera, 6);
    const [event, ...others] = await list();
    expect(others).toEqual([]);
    expect(event).toMatchObject({ kind: "person", cameraId: camera.id, recorded: "all", zones: [] });
    expect(event?.startMs as number).toBeGreaterThanOrEqual(cameMs);
    expect((event?.startMs as number) - cameMs).toBeLessThan(1_000);
    expect(leftMs - (event?.endMs as number)).toBeLessThan(1_000);
    const { detection } = event as cameras.CameraEvent;
    expect(detection).toMatchObject({ by: "server", model: "Test model", mostAtOnce: 1, counted: 1 });
    expect(detection).toMatchObject({ labels: ["person"], score: 0.8, armed: true });
    expect((detection?.alarmMs as number) - (event?.startMs as number)).toBe(400);
    expect(detection?.bestBox).toMatchObject({ label: "person", track: 1, width: 0.125 });
    expect(detection?.path.length).toBeGreaterThan(10);
    const { tenantId, id: cameraId } = camera;
    expect(alarms).toEqual([{ tenantId, cameraId, eventId: event?.id, atMs: detection?.alarmMs }]);
    expect(house.pins.filter(({ eventId }) => eventId === event?.id)).toHaveLength(2);
    expect(found.length).toBeGreaterThan(10);
    expect(found[0]).toMatchObject({ cameraId, model: "Test model", boxes: [{ label: "person", track: 1 }] });
  });

  test("and there is no alarm where the site is not armed, but an event all the same", async () => {
    const camera = await watched({ arming: "site" });
    house.detector.find = () => [person(20)];
    await house.film(camera, 3, walker);
    expect(await list()).toMatchObject([{ detection: { armed: false } }]);
    expect(alarms).toEqual([]);
  });

  test("and is none in a zone that asks how long somebody stays, until they have stayed", async () => {
    const camera = await watched();
    const area: cameras.Polygon = [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 1],
    ];
    house.change(camera, { zones: [{ name: "Door", kind: "watch", area, loiterSeconds: 4 }] });
    house.detector.find = () => [person(20)];
    await house.film(camera, 3, walker);
    expect(found.length).toBeGreaterThan(5);
    house.detector.find = () => [];
    await house.film(camera, 5);
    expect(await list()).toEqual([]);
    house.detector.find = () => [person(20)];
    await house.film(camera, 7, walker);
    const [event] = await list();
    expect(event).toMatchObject({ zones: ["Door"], detection: { counted: 1 } });
    const stayedMs = (event?.detection?.alarmMs as number) - (event?.startMs as number);
    expect(stayedMs).toBeGreaterThanOrEqual(4_000);
    expect(stayedMs).toBeLessThan(5_000);
  });

  test("only what is looked for counts, only where it is looked for", async () => {
    const camera = await watched({ classes: ["dog"], minScore: 0.6 });
    house.detector.find = () => [person(20), person(60, { label: "dog", score: 0.5 })];
    await house.film(camera, 3, walker);
    expect(await list()).toEqual([]);
    house.detector.find = () => [person(60, { label: "dog", score: 0.7 })];
    await house.film(camera, 3, walker);
    expect(await list()).toMatchObject([{ kind: "object", detection: { labels: ["dog"] } }]);
  });
});

describe("the detector looks", () => {
  test("not while nothing moves, but now and then, and finds who stands still", async () => {
    const camera = await watched();
    await house.film(camera, 20);
    expect(house.detector.looks).toBeGreaterThanOrEqual(4);
    expect(house.detector.looks).toBeLessThanOrEqual(7);
    expect(await view(camera)).toMatchObject({ state: "still", model: "Test model", boxes: [] });
    house.detector.find = () => [person(20)];
    await house.film(camera, 7);
    expect(await list()).toHaveLength(1);
    expect(await view(camera)).toMatchObject({ state: "looking", boxes: [{ label: "person" }] });
  });

  test("five times a second while something moves", async () => {
    const camera = await watched();
    await house.film(camera, 5);
    const before = house.detector.looks;
    await house.film(camera, 4, walker);
    expect(house.detector.looks - before).toBeGreaterThan(14);
    expect(house.detector.looks - before).toBeLessThanOrEqual(21);
  });

  test("all the time where no gate is wanted, and never where nobody wants it", async () => {
    const [open, off] = [await watched(), await house.addCamera()];
    house.change(open, { enabled: false });
    await house.film(open, 2);
    expect(house.detector.looks).toBeGreaterThanOrEqual(9);
    const before = house.detector.looks;
    await house.film(off, 3, walker);
    expect(house.detector.looks).toBe(before);
    expect(await view(off)).toMatchObject({ state: "off", boxes: [] });
  });

  test("no more when it is switched off: the event that goes on ends", async () => {
    const camera = await watched();
    house.detector.find = () => [person(20)];
    await house.film(camera, 3, walker);
    expect(house.feature.isMoving(camera.id)).toBe(true);
    house.look(camera, { enabled: false });
    await house.feature.idle();
    expect((await list())[0]?.endMs).toBeDefined();
    const before = house.detector.looks;
    await house.film(camera, 2, walker);
    expect(house.detector.looks).toBe(before);
  });

  test("again ten seconds after it failed, and why it does not is said meanwhile", async () => {
    const camera = await watched();
    house.detector.find = () => {
      throw new AppError("detector.failed");
    };
    await house.film(camera, 3, walker);
    expect(house.detector.looks).toBe(1);
    expect(await view(camera)).toMatchObject({ state: "failed", problem: "detector.failed" });
    expect(house.feature.detectionProblemOf(camera.id)).toBe("detector.failed");
    house.detector.find = () => [person(20)];
    await house.film(camera, 12, walker);
    expect(house.feature.detectionProblemOf(camera.id)).toBeUndefined();
    expect(await list()).toHaveLength(1);
    expect(house.feature.detectionStats().looks).toBeGreaterThan(2);
  });

  test("and a crash leaves no event open", async () => {
    const camera = await watched();
    house.detector.find = () => [person(20)];
    await house.film(camera, 7, walker);
    await house.restart({ crash: true, downMs: 60_000 });
    const [event] = await list();
    expect(event?.endMs).toBeDefined();
    expect(event?.detection?.alarmMs).toBeDefined();
  });
});
