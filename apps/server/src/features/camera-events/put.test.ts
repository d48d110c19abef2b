import { randomUUID } from "node:crypto";
import type { BusMessages, cameras, ReplyOf } from "@gatehouse/contract";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { KeptEvent } from "./index.ts";
import { type House, openHouse, type TestCamera } from "./testing/house.ts";

let house: House;
let alarms: BusMessages["camera.alarm"][];
beforeEach(async () => {
  house = await openHouse();
  alarms = [];
  house.bus.subscribe("camera.alarm", (message) => void alarms.push(message));
});
afterEach(() => house[Symbol.asyncDispose]());

const list = async () =>
  (await house.call<ReplyOf<typeof cameras.listCameraEvents>>("GET /api/v1/camera-events")).items;

async function somebody(
  part: Partial<KeptEvent> = {},
  known?: TestCamera,
): Promise<KeptEvent & { readonly camera: TestCamera }> {
  const camera = known ?? (await house.addCamera());
  const { id: cameraId, tenantId } = camera;
  const startMs = house.clock.nowMs();
  const detection: cameras.EventDetection = {
    by: "agent",
    model: "NanoDet-G 416",
    labels: ["person", "dog"],
    mostAtOnce: 2,
    counted: 3,
    score: 0.91,
    path: [
      [0.25, 0.5],
      [0.5, 0.75],
    ],
    bestBox: { label: "person", score: 0.91, x: 0.25, y: 0.25, width: 0.25, height: 0.5, track: 1 },
    alarmMs: startMs + 400,
    armed: true,
  };
  return {
    ...{ id: randomUUID(), tenantId, cameraId, kind: "person", startMs, seenMs: startMs + 1_000 },
    ...{ endMs: undefined, strength: 0.1, zones: ["Door"], bestMs: startMs + 600, detection },
    ...part,
    camera,
  };
}

test("what was found in an event is read as it was given, while it goes on and when it is over", async () => {
  const event = await somebody();
  house.feature.put(event);
  await house.feature.idle();
  expect(await list()).toMatchObject([{ kind: "person", zones: ["Door"], keptAtCamera: false }]);
  const detection = event.detection as cameras.EventDetection;
  expect((await list())[0]?.detection).toEqual(detection);
  const over = { ...event, endMs: event.seenMs, detection: { ...detection, counted: 4 } };
  house.feature.put(over);
  await house.feature.idle();
  await house.restart({ crash: true });
  expect((await list())[0]).toMatchObject({ endMs: event.seenMs, detection: { ...detection, counted: 4 } });
  const { id: eventId, tenantId, cameraId, startMs } = event;
  expect(alarms).toEqual([{ tenantId, cameraId, eventId, atMs: startMs + 400 }]);
  expect(house.told.map(({ endMs }) => endMs)).toEqual([undefined, event.seenMs]);
});

test("an event of a machine that is not heard of any more ends with its last sign, and as it says when it is back", async () => {
  const event = await somebody();
  house.feature.put(event);
  await house.feature.idle();
  await house.pass(1_000_000);
  await house.feature.idle();
  expect((await list())[0]).toMatchObject({ id: event.id, endMs: event.seenMs });
  const endMs = event.seenMs + 90_000;
  house.feature.put({ ...event, seenMs: endMs, endMs });
  await house.feature.idle();
  expect(await list()).toMatchObject([{ id: event.id, endMs }]);
  expect(alarms).toHaveLength(1);
});

test("an alarm is told of after its event is written, once, however often that fails", async () => {
  const event = await somebody();
  house.failPins(3);
  house.feature.put(event);
  await house.feature.idle();
  expect(alarms).toEqual([]);
  for (let i = 0; i < 3; i++) await house.pass(1_000);
  expect(alarms).toHaveLength(1);
  await house.pass(10_000);
  expect(alarms).toHaveLength(1);
});

test("events that no database takes are given up, and keep no other waiting", async () => {
  const wrong = await somebody();
  const detection = { ...(wrong.detection as cameras.EventDetection), labels: ["per\u0000son"] };
  for (let times = 0; times < 5; times++) house.feature.put({ ...wrong, id: randomUUID(), detection });
  house.feature.put({ ...wrong, detection });
  const event = await somebody();
  house.feature.put(event);
  await house.feature.idle();
  expect((await list()).map(({ id }) => id)).toEqual([event.id]);
  // Whoever waits for its commit is not told that it is kept.
  expect(await house.feature.written(wrong.id)).toBe(false);
  expect(await house.feature.written(event.id)).toBe(true);
});

describe("an alarm is due", () => {
  const HOUR = 3_600_000;
  /** Wednesday, 15 November 2023, 00:00 in Paris. */
  const MIDNIGHT = Date.UTC(2023, 10, 14, 23);

  async function isDue(
    settings: Partial<cameras.DetectionSettings>,
    alarmMs: number,
    known?: TestCamera,
  ): Promise<boolean> {
    const event = await somebody({}, known);
    const { camera } = event;
    const detection = { ...camera.settings.detection, cooldownSeconds: 0, ...settings };
    camera.settings = { ...camera.settings, detection };
    const found = event.detection as cameras.EventDetection;
    house.clock.setWall(alarmMs + 500);
    house.feature.put({ ...event, detection: { ...found, alarmMs, armed: false } });
    await house.feature.idle();
    const told = alarms.some(({ eventId }) => eventId === event.id);
    expect((await list()).find(({ id }) => id === event.id)?.detection).toMatchObject({ armed: told });
    return told;
  }

  test("always, or inside the schedule by the clock of the site", async () => {
    expect(await isDue({ arming: "always" }, MIDNIGHT)).toBe(true);
    const night = {
      arming: "schedule" as const,
      schedule: [{ days: [2], fromMinute: 1_320, toMinute: 360 }],
    };
    expect(await isDue(night, MIDNIGHT - 2 * HOUR)).toBe(true);
    expect(await isDue(night, MIDNIGHT + 5 * HOUR)).toBe(true);
    expect(await isDue(night, MIDNIGHT + 6 * HOUR)).toBe(false);
    expect(await isDue(night, MIDNIGHT + 23 * HOUR)).toBe(false);
    expect(await isDue({ ...night, schedule: [] }, MIDNIGHT)).toBe(false);
  });

  test("while its site is armed, which it is not before somebody says so", async () => {
    const camera = await house.addCamera();
    const { siteId, tenantId } = camera;
    expect(await isDue({ arming: "site" }, MIDNIGHT, camera)).toBe(false);
    await house.pool.query("insert into sites (id) values ($1)", [siteId]);
    await house.pool.query("insert into site_arming values ($1, $2, true, $3, $3, 'Ada')", [
      ...[siteId, tenantId, new Date(MIDNIGHT + HOUR)],
    ]);
    expect(await isDue({ arming: "site" }, MIDNIGHT, camera)).toBe(true);
    expect(await isDue({ arming: "site" }, MIDNIGHT + HOUR, camera)).toBe(false);
    expect(await isDue({ arming: "site" }, MIDNIGHT)).toBe(false);
  });

  test("but not within the cool-down after another of the same camera that was due", async () => {
    const [camera, other] = [await house.addCamera(), await house.addCamera()];
    const cool = { cooldownSeconds: 30 };
    expect(await isDue(cool, MIDNIGHT, camera)).toBe(true);
    expect(await isDue(cool, MIDNIGHT + 29_000, camera)).toBe(false);
    expect(await isDue(cool, MIDNIGHT + 29_000, other)).toBe(true);
    expect(await isDue(cool, MIDNIGHT + 30_000, camera)).toBe(true);
  });

  test("nor within the cool-down before one that was heard of sooner", async () => {
    const camera = await house.addCamera();
    const cool = { cooldownSeconds: 30 };
    expect(await isDue(cool, MIDNIGHT + 60_000, camera)).toBe(true);
    expect(await isDue(cool, MIDNIGHT + 31_000, camera)).toBe(false);
    expect(await isDue(cool, MIDNIGHT + 30_000, camera)).toBe(true);
  });

  test("once, though its event is told of again after a start; and it is found again by its time", async () => {
    const [event, quiet] = [await somebody(), await somebody()];
    const { camera } = quiet;
    const off = { ...camera.settings.detection, arming: "site" as const };
    camera.settings = { ...camera.settings, detection: off };
    house.feature.put(event);
    house.feature.put(quiet);
    await house.feature.idle();
    await house.restart({ crash: true });
    house.feature.put(event);
    await house.feature.idle();
    expect(alarms.map(({ eventId }) => eventId)).toEqual([event.id]);
    const alarmMs = event.detection?.alarmMs as number;
    expect((await house.feature.alarmsSince(alarmMs)).map(({ id }) => id)).toEqual([event.id]);
    expect(await house.feature.alarmsSince(alarmMs + 1)).toEqual([]);
  });
});

test("what people decided last is told with the event, also while it goes on", async () => {
  const event = await somebody({ keptAtCamera: true, handedOver: { clip: "file:1.mp4", source: "door" } });
  house.feature.put(event);
  await house.feature.idle();
  const decide = async (verdict: string, name: string, afterMs: number): Promise<void> => {
    await house.pool.query("update camera_events set verdict = $2 where id = $1", [event.id, verdict]);
    await house.pool.query(
      `insert into camera_event_verdicts (id, event_id, tenant_id, verdict, note, person_name, at)
       values ($1, $2, $3, $4, '', $5, $6)`,
      [randomUUID(), event.id, event.tenantId, verdict, name, new Date(event.startMs + afterMs)],
    );
  };
  await decide("intrusion", "Ada", 2_000);
  await decide("not_intrusion", "Grace", 1_000);
  const said = { verdict: "intrusion", byName: "Ada", atMs: event.startMs + 2_000, note: "" };
  expect(await list()).toMatchObject([{ verdict: said, keptAtCamera: true, handedOver: event.handedOver }]);
  house.feature.put({ ...event, endMs: event.seenMs });
  await house.feature.idle();
  expect(await list()).toMatchObject([{ verdict: said, keptAtCamera: true, endMs: event.seenMs }]);
});
