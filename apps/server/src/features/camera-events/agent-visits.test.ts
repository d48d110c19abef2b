import { randomUUID } from "node:crypto";
import { isAppError, type Uuid } from "@gatehouse/base";
import type { BusMessages, cameras, ReplyOf } from "@gatehouse/contract";
import { type CameraModelPiece, CameraOrders, type CameraVisit } from "@gatehouse/device-types/camera-words";
import { jpegOf } from "@gatehouse/video/testing";
import { Check } from "typebox/value";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type House, openHouse, type TestCamera } from "./testing/house.ts";

let house: House;
let camera: TestCamera;
let alarms: BusMessages["camera.alarm"][] = [];
beforeEach(async () => {
  house = await openHouse();
  camera = await house.addCamera();
  alarms = [];
  house.bus.subscribe("camera.alarm", (alarm) => void alarms.push(alarm));
  change({}, { enabled: true, cooldownSeconds: 0 });
});
afterEach(() => house[Symbol.asyncDispose]());

const say = (word: object, from: Pick<TestCamera, "id" | "tenantId"> = camera) =>
  house.feature.said({ tenantId: from.tenantId, deviceId: from.id }, { kind: "camera", ...word });
const ready = (can: object = { detects: true, seals: true }) => say({ says: "ready", judges: true, ...can });
const list = async () =>
  (await house.call<ReplyOf<typeof cameras.listCameraEvents>>("GET /api/v1/camera-events")).items;

function change(
  recording: Partial<cameras.CameraSettings["recording"]>,
  detection: Partial<cameras.DetectionSettings> = {},
): void {
  const { settings } = camera;
  camera.settings = {
    ...settings,
    recording: { ...settings.recording, ...recording },
    detection: { ...settings.detection, ...detection },
  };
  house.bus.publish("camera.changed", { tenantId: camera.tenantId, cameraId: camera.id });
}

/** A visit that began so long ago. */
function visit(agoMs: number, part: Partial<CameraVisit> = {}): CameraVisit {
  const startMs = house.clock.nowMs() - agoMs;
  const bestBox = { label: "person", score: 0.9, x: 0.1, y: 0.2, width: 0.1, height: 0.4 };
  return {
    ...{ kind: "camera", says: "visit", id: randomUUID(), what: "person", startMs },
    ...{
      seenMs: startMs + 2_000,
      bestMs: startMs + 900,
      strength: 0.04,
      zones: ["Door"],
      model: "NanoDet-G 416",
    },
    ...{ labels: ["person"], mostAtOnce: 1, counted: 2, score: 0.9, path: [[0.15, 0.6]], bestBox },
    ...{ alarmMs: startMs + 400, kept: false },
    ...part,
  };
}

describe("what no camera says", () => {
  test("is refused: names that cannot be stored stand in nobody's way", async () => {
    await ready();
    const bestBox = { label: "person", score: 0.9, x: 0, y: 0, width: 0.1, height: 0.4 };
    for (const wrong of [
      { labels: ["per\u0000son"] },
      { zones: ["Do\u0000or"] },
      { model: "\ud800" },
      { bestBox: { ...bestBox, label: "\udfff" } },
      { labels: ["one\r\nBcc: two"] },
    ])
      expect(await say(visit(1_000, wrong))).toBe("message.schema");
    expect(await say(visit(1_000))).toBeUndefined();
    expect(await list()).toHaveLength(1);
  });

  test("changes nothing that somebody else saw before the same camera", async () => {
    await ready();
    const startMs = house.clock.nowMs() - 5_000;
    const id = randomUUID();
    const { id: cameraId, tenantId } = camera;
    house.feature.put({
      ...{ id, tenantId, cameraId, kind: "motion", startMs, seenMs: startMs, endMs: startMs + 1_000 },
      ...{ strength: 0.5, zones: [], bestMs: startMs },
    });
    await house.feature.idle();
    expect(await say(visit(1_000, { id, what: "object", labels: ["cat"] }))).toBe("message.schema");
    expect(await list()).toMatchObject([{ id, kind: "motion" }]);
  });
});

describe("a visit that a camera's own machine tells of", () => {
  test("is an event under its own id, with its pin and its alarm; what is said again changes it and nothing else", async () => {
    await ready();
    const first = visit(3_000);
    expect(await say(first)).toBeUndefined();
    const [event] = await list();
    expect(event).toMatchObject({ id: first.id, kind: "person", startMs: first.startMs, zones: ["Door"] });
    expect(event?.detection).toMatchObject({ by: "agent", model: "NanoDet-G 416", counted: 2, armed: true });
    expect(event?.endMs).toBeUndefined();
    const last = { ...first, seenMs: first.startMs + 2_800, endMs: first.startMs + 2_800, counted: 3 };
    for (let times = 0; times < 2; times++) expect(await say(last)).toBeUndefined();
    expect(await list()).toMatchObject([{ endMs: last.endMs, detection: { counted: 3, armed: true } }]);
    expect(alarms).toHaveLength(1);
    expect(house.pins.at(-1)).toMatchObject({ fromMs: first.startMs - 15_000, toMs: last.endMs + 10_000 });
  });

  test("comes with its own times when it comes late, and wakes nobody after ten minutes", async () => {
    const late = visit(3_600_000, { endMs: house.clock.nowMs() - 3_590_000 });
    expect(await say({ ...late, seenMs: late.endMs })).toBeUndefined();
    expect(await list()).toMatchObject([{ startMs: late.startMs, detection: { armed: false } }]);
    expect(alarms).toEqual([]);
    const recent = visit(120_000, { endMs: house.clock.nowMs() - 100_000 });
    expect(await say({ ...recent, seenMs: recent.endMs })).toBeUndefined();
    expect(alarms).toHaveLength(1);
  });

  test("is refused with times that cannot be, under another camera's event, or from what is no camera", async () => {
    const nowMs = house.clock.nowMs();
    for (const wrong of [
      visit(-3_600_000),
      visit(40 * 86_400_000),
      visit(10_000, { seenMs: nowMs - 20_000 }),
      visit(7_200_000, { seenMs: nowMs }),
    ])
      expect(await say(wrong)).toBe("message.timestamp");
    const theirs = visit(3_000);
    await say(theirs);
    const other = await house.addCamera();
    expect(await say(theirs, other)).toBe("message.schema");
    expect(await say({ ...visit(1_000), score: 2 })).toBe("message.schema");
    expect(await say(visit(1_000), { id: randomUUID(), tenantId: camera.tenantId })).toBe("camera.none");
    expect(await list()).toHaveLength(1);
  });

  test("is not acknowledged before it is written", async () => {
    house.failPins(3);
    const told = visit(3_000);
    expect(await say(told)).toBe("server.busy");
    expect(await say(told)).toBeUndefined();
    expect(await list()).toHaveLength(1);
  });
});

describe("orders", () => {
  const newest = () => house.orders.at(-1)?.orders;

  test("name what is looked for and what is sealed to machines that say that they can, and to no others", async () => {
    change({ place: "agent", mode: "events" }, { classes: ["person", "dog"] });
    await ready({});
    expect(newest()).not.toHaveProperty("detection");
    expect(newest()).not.toHaveProperty("sealing");
    expect(house.feature.sealsItself(camera.id)).toBe(false);
    await ready();
    expect(newest()).toMatchObject({
      detection: { classes: ["person", "dog"], minScore: 0.45, endAfterSeconds: 3 },
      sealing: { goes: "bring", all: false, preRollSeconds: 15, postRollSeconds: 10, keepEventDays: 30 },
    });
    expect(house.feature.sealsItself(camera.id)).toBe(true);
    change({ place: "agent_only", mode: "continuous" });
    expect(newest()).toMatchObject({ sealing: { goes: "keep", all: true } });
  });

  const upload = (onnx?: Uint8Array): Uuid => {
    const id = randomUUID();
    house.detector.models.set(id, { name: "Yard", ...(onnx === undefined ? {} : { onnx }) });
    return id;
  };
  const SOON = { timeout: 20_000 };
  const able = { detects: true, seals: true, models: true, schedules: true, masks: true };

  test("name the model that was chosen, by what its files are, to a machine that fetches it", async () => {
    const id = upload(new Uint8Array(300_000).fill(7));
    change({ place: "agent" }, { detector: id });
    await ready(able);
    await expect
      .poll(() => newest()?.detection?.model?.files, SOON)
      .toMatchObject([{ file: "onnx", bytes: 300_000 }]);
    expect(newest()?.detection?.model).toMatchObject({ id, name: "Yard" });
    const ask = (from: number, model = id) => say({ says: "model", model, file: "onnx", from });
    expect(await ask(131_072)).toBeUndefined();
    const sent = house.words.at(-1)?.word as CameraModelPiece;
    expect(sent).toMatchObject({ says: "model", model: id, file: "onnx", from: 131_072 });
    expect(Buffer.from(sent.bytes, "base64")).toEqual(Buffer.alloc(131_072, 7));
    expect(await ask(0, upload(new Uint8Array(10)))).toBe("detector.not_found");
    expect(await ask(300_000)).toBe("detector.not_found");
    change({}, { enabled: false });
    expect(await ask(0)).toBe("detector.not_found");
  });

  test("leave a detector elsewhere to this server, and say so where no picture comes here", async () => {
    const view = () =>
      house.call<cameras.DetectionView>("GET /api/v1/cameras/:id/detection", { params: { id: camera.id } });
    change({ place: "agent" }, { detector: upload() });
    await ready(able);
    await expect.poll(newest, SOON).toBeDefined();
    expect(newest()).not.toHaveProperty("detection");
    change({ place: "agent_only" });
    await expect.poll(() => newest()?.stays, SOON).toBe(true);
    expect(newest()?.detection).not.toHaveProperty("model");
    expect(await view()).toMatchObject({ by: "agent", instead: { wanted: "Yard", why: "elsewhere" } });
    const instead = { wanted: "Yard", why: "coming", share: 0.4 };
    await say({ says: "found", model: "NanoDet-G 416", lookMs: 9, looksPerSecond: 5, instead, looks: [] });
    expect(await view()).toMatchObject({ model: "NanoDet-G 416", instead });
  });

  test("ask for the picture of an alarm where it stays with the machine and the owner lets it leave, and else for none", async () => {
    const shown: BusMessages["camera.shown"][] = [];
    house.bus.subscribe("camera.shown", (message) => void shown.push(message));
    change({ place: "agent" }, { pictureInAlerts: true });
    await ready(able);
    expect(newest()?.detection).not.toHaveProperty("shows");
    change({ place: "agent_only" }, { pictureInAlerts: false });
    expect(newest()?.detection).not.toHaveProperty("shows");
    change({}, { pictureInAlerts: true });
    expect(newest()?.detection).toMatchObject({ shows: true });
    const jpeg = Buffer.from(jpegOf(64, 48)).toString("base64");
    const boxes = [{ label: "person", score: 0.9, x: 0.1, y: 0.2, width: 0.1, height: 0.4 }];
    const takenMs = house.clock.nowMs() + 500;
    expect(await say({ says: "shown", takenMs, boxes, jpeg })).toBeUndefined();
    expect(shown).toMatchObject([{ cameraId: camera.id, takenMs: house.clock.nowMs(), boxes }]);
    const noise = Buffer.alloc(300, 7).toString("base64");
    expect(await say({ says: "shown", takenMs, boxes, jpeg: noise })).toBe("frame.malformed");
    expect(await say({ says: "shown", takenMs, boxes, jpeg: "A".repeat(60_000) })).toBe("message.schema");
    expect(shown).toHaveLength(1);
  });

  test("ask more of what is found, where the machine knows such a question, and never of what moves", async () => {
    const zone = {
      name: "Door",
      kind: "watch" as const,
      area: [
        [0, 0],
        [1, 0],
        [1, 1],
      ] as cameras.Polygon,
    };
    const asking = { ...zone, minScore: 0.7, loiterSeconds: 10 };
    camera.settings = { ...camera.settings, motion: { ...camera.settings.motion, zones: [asking] } };
    change({ place: "agent" }, { maxHeight: 0.8 });
    await ready(able);
    await expect.poll(newest, SOON).toBeDefined();
    expect(newest()).toMatchObject({ motion: { zones: [zone] }, detection: { zones: [zone] } });
    expect(JSON.stringify(newest())).not.toMatch(/loiter|maxHeight/);
    await ready({ ...able, narrows: true });
    await expect.poll(() => newest()?.detection?.maxHeight, SOON).toBe(0.8);
    expect(newest()?.detection?.zones).toEqual([asking]);
    expect(newest()?.motion?.zones).toEqual([zone]);
    expect(Check(CameraOrders, newest())).toBe(true);
  });

  test("have the times of the week at which is recorded, in the zone of the site", async () => {
    const schedule = [{ days: [1, 7], fromMinute: 1_200, toMinute: 360 }];
    change({ place: "agent", mode: "schedule", schedule });
    await ready(able);
    await expect
      .poll(() => newest()?.sealing, SOON)
      .toMatchObject({ all: true, schedule: { timeZone: "Europe/Paris", spans: schedule } });
  });

  test("leave to this server what has masks, or another model than the machine has", async () => {
    change({ place: "agent" }, { detector: upload(new Uint8Array(10)) });
    camera.settings = {
      ...camera.settings,
      masks: [
        [
          [0, 0],
          [1, 0],
          [1, 1],
        ],
      ],
    };
    await ready();
    await expect.poll(newest, SOON).toBeDefined();
    expect(newest()).not.toHaveProperty("detection");
    expect(newest()).not.toHaveProperty("sealing");
    await ready({ ...able, models: false });
    await expect.poll(() => newest()?.masks, SOON).toHaveLength(1);
    expect(newest()).toMatchObject({ as: "jpeg", sealing: { goes: "bring" } });
  });
});

test("what it finds goes on to whoever seals pictures, and is what the live view shows", async () => {
  const found: BusMessages["camera.found"][] = [];
  house.bus.subscribe("camera.found", (message) => void found.push(message));
  await ready();
  const box = { label: "person", score: 0.9, x: 0.1, y: 0.2, width: 0.1, height: 0.4, track: 1 };
  const nowMs = house.clock.nowMs();
  const looks = [
    { agoMs: 400, boxes: [] },
    { agoMs: 200, boxes: [box] },
  ];
  const rates = { model: "NanoDet-G 416", lookMs: 31, looksPerSecond: 4.8 };
  expect(await say({ says: "found", ...rates, looks })).toBeUndefined();
  expect(found).toEqual([expect.objectContaining({ takenMs: nowMs - 200, boxes: [box] })]);
  const view = () =>
    house.call<cameras.DetectionView>("GET /api/v1/cameras/:id/detection", { params: { id: camera.id } });
  expect(await view()).toMatchObject({ by: "agent", boxes: [box], lookMs: 31, looksPerSecond: 4.8 });
  await say({ says: "found", ...rates, looks: [], problem: "detector.failed" });
  expect(await view()).toMatchObject({ state: "failed", problem: "detector.failed" });
  await house.pass(20_000);
  expect(await view()).toMatchObject({ state: "no_picture", boxes: [] });
});

describe("a recording that stays with its camera's machine", () => {
  const call = (method: string, id: Uuid, tenantId = house.tenantId) =>
    house.call<cameras.EventFetch>(`${method} /api/v1/camera-events/:id/fetch`, { params: { id }, tenantId });
  const refusal = (act: Promise<unknown>) =>
    act.then(
      () => undefined,
      (error: unknown) => (isAppError(error) ? error.code : String(error)),
    );

  test("comes when somebody asks, which the log says before; how far it is, is known", async () => {
    await ready();
    const kept = visit(20_000, { kept: true });
    await say({ ...kept, endMs: kept.seenMs });
    expect(await list()).toMatchObject([{ keptAtCamera: true }]);
    expect(await refusal(call("GET", kept.id))).toBe("camera_event.not_kept");
    expect(await call("POST", kept.id)).toEqual({ state: "asked", segments: 0, left: 0, bytesLeft: 0 });
    expect(house.words.at(-1)).toEqual({
      cameraId: camera.id,
      word: {
        ...{ kind: "camera", says: "fetch", event: kept.id },
        ...{ fromMs: kept.startMs - 15_000, toMs: kept.seenMs + 10_000 },
      },
    });
    expect(house.audit.events.map(({ kind }) => kind)).toContain("clip.fetched");
    await say({ says: "fetching", event: kept.id, segments: 2, left: 2, bytesLeft: 5_000 });
    expect(await call("GET", kept.id)).toMatchObject({ state: "coming", left: 2, bytesLeft: 5_000 });
    const asked = house.words.length;
    expect(await call("POST", kept.id)).toMatchObject({ state: "coming" });
    expect(house.words).toHaveLength(asked);
    await ready();
    expect(house.words.at(-1)?.word).toMatchObject({ says: "fetch", event: kept.id });
    const other = await house.addCamera();
    await say({ says: "fetching", event: kept.id, segments: 2, left: 0, bytesLeft: 0 }, other);
    expect(await call("GET", kept.id)).toMatchObject({ state: "coming" });
    await say({ says: "fetching", event: kept.id, segments: 2, left: 0, bytesLeft: 0 });
    expect(await call("GET", kept.id)).toMatchObject({ state: "done", segments: 2 });
    expect(await list()).toMatchObject([{ keptAtCamera: false }]);
    expect(await refusal(call("POST", kept.id))).toBe("camera_event.not_kept");
  });

  test("is here when it is said to be, not before its event says so; who cancels meanwhile did", async () => {
    await ready();
    const [first, second] = [visit(40_000, { kept: true }), visit(20_000, { kept: true })];
    for (const kept of [first, second]) {
      await say({ ...kept, endMs: kept.seenMs });
      await call("POST", kept.id);
    }
    const brought = ({ id: event }: CameraVisit) =>
      say({ says: "fetching", event, segments: 2, left: 0, bytesLeft: 0 });
    const other = await house.pool.connect();
    await other.query("begin");
    await other.query("select from camera_events for update");
    const said = [brought(first), brought(second)];
    const waiting =
      "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    await expect.poll(async () => (await house.pool.query(waiting)).rowCount).toBe(2);
    const before = await call("GET", first.id);
    await call("DELETE", second.id);
    await other.query("commit");
    other.release();
    await Promise.all(said);
    expect(before).toMatchObject({ state: "asked" });
    expect(await call("GET", first.id)).toMatchObject({ state: "done" });
    expect(await call("GET", second.id)).toMatchObject({ state: "cancelled" });
    expect(await list()).toMatchObject([{ keptAtCamera: false }, { keptAtCamera: false }]);
  });

  test("need not come any more, and that a machine fell silent is said", async () => {
    await ready();
    const kept = visit(20_000, { kept: true });
    await say({ ...kept, endMs: kept.seenMs });
    await call("POST", kept.id);
    await house.pass(150_000);
    expect(await call("GET", kept.id)).toMatchObject({ state: "silent" });
    expect(await call("DELETE", kept.id)).toMatchObject({ state: "cancelled" });
    expect(house.words.at(-1)?.word).toMatchObject({ says: "cancel", event: kept.id });
    await say({ says: "fetching", event: kept.id, segments: 1, left: 0, bytesLeft: 0 });
    expect(await list()).toMatchObject([{ keptAtCamera: true }]);
    expect(await refusal(call("POST", kept.id, randomUUID()))).toBe("camera_event.not_found");
  });
});
