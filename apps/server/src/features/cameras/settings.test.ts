import type { Uuid } from "@gatehouse/base";
import { cameras } from "@gatehouse/contract";
import { Check } from "typebox/value";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { hides, rounded } from "./settings-model.ts";
import { CameraHouse, SITE, THERMOMETER } from "./testing/camera-house.ts";

const SQUARE: cameras.Polygon = [
  [0, 0],
  [0.333333333, 0],
  [0.333333333, 0.5],
];
const DEFAULT = cameras.DEFAULT_CAMERA_SETTINGS;
const STRANGER: Uuid = "00000000-0000-4000-8000-0000000000cc";

let house: CameraHouse;
beforeAll(async () => {
  house = await CameraHouse.open({ cameras: 12 });
}, 120_000);
afterAll(() => house[Symbol.asyncDispose]());
beforeEach(() => house.quiet());

const idOf = (number: number): Uuid => house.ids[number - 1] as Uuid;
const page = (input: Parameters<CameraHouse["call"]>[1] = {}) =>
  house.call(cameras.listCameras, input) as Promise<{ items: cameras.Camera[]; total: number }>;
const update = (id: Uuid, body: object, more: object = {}) =>
  house.call(cameras.updateCamera, { id, body, ...more });

describe("settings of a camera", () => {
  test("are the default until somebody chooses, and survive a restart", async () => {
    const id = idOf(1);
    expect(await house.camera(id)).toMatchObject({ settings: DEFAULT, settingsMs: 0 });
    const chosen = await house.choose(id, { masks: [SQUARE], maxFramesPerSecond: 12 });
    expect(chosen.settings).toMatchObject({
      maxFramesPerSecond: 12,
      masks: [
        [
          [0, 0],
          [0.3333, 0],
          [0.3333, 0.5],
        ],
      ],
    });
    expect(chosen.settingsMs).toBe(house.clock.nowMs());
    expect(Check(cameras.Camera, chosen)).toBe(true);
    await house.start();
    expect((await house.camera(id)).settings).toEqual(chosen.settings);
    expect(house.feature.settingsOf(id)).toEqual(chosen.settings);
    expect(house.feature.settingsOf(THERMOMETER)).toBeUndefined();
  });

  test("are recorded with what was before, and without the corners and names that people drew", async () => {
    house.audit.events.length = 0;
    const changed: unknown[] = [];
    const end = house.bus.subscribe("camera.changed", (message) => changed.push(message));
    const motion = { ...DEFAULT.motion, zones: [{ name: "Mrs Smith's door", kind: "watch", area: SQUARE }] };
    await house.choose(idOf(2), { masks: [SQUARE], enabled: false, motion } as never);
    end();
    expect(house.audit.events).toMatchObject([
      {
        kind: "camera.changed",
        subject: { kind: "device", id: idOf(2) },
        data: {
          from: { enabled: true, masks: 0, zones: 0 },
          to: { enabled: false, masks: 1, zones: 1 },
          redrawn: ["masks", "zones"],
        },
      },
    ]);
    expect(JSON.stringify(house.audit.events)).not.toContain("Smith");
    expect(changed).toEqual([{ tenantId: house.tenantId, cameraId: idOf(2) }]);
  });

  test("bound what is found by height, and in zones by score and time; what was saved before there was a choice is as it was", async () => {
    const id = idOf(10);
    const { maxHeight: _, ...detection } = DEFAULT.detection;
    const door: cameras.Zone = { name: "Door", kind: "watch", area: SQUARE };
    const plain = { detection, motion: { ...DEFAULT.motion, zones: [door] } };
    await house.choose(id, plain);
    house.audit.events.length = 0;
    const asking = { ...door, loiterSeconds: 20, minScore: 0.7 };
    const { settings } = await house.choose(id, {
      detection: { ...detection, minHeight: 0.5, maxHeight: 0.5 },
      motion: { ...DEFAULT.motion, zones: [asking] },
    });
    expect(settings.motion.zones).toMatchObject([{ loiterSeconds: 20, minScore: 0.7 }]);
    expect(settings.detection).toMatchObject({ minHeight: 0.5, maxHeight: 0.5 });
    await house.choose(id, plain);
    const height = "detection.maxHeight";
    expect(house.audit.events).toMatchObject([
      { data: { from: { [height]: 1 }, to: { [height]: 0.5 }, redrawn: ["zones"] } },
      { data: { from: { [height]: 0.5 }, to: { [height]: 1 }, redrawn: ["zones"] } },
    ]);
    await house.start();
    const kept = (await house.camera(id)).settings;
    expect(kept.detection).toEqual(DEFAULT.detection);
    expect(kept.motion.zones[0]).not.toHaveProperty("loiterSeconds");
  });

  test("that somebody changed meanwhile are not overwritten, even within a millisecond", async () => {
    const id = idOf(3);
    const body = { settings: { ...DEFAULT, maxFramesPerSecond: 5 }, settingsMs: 0 };
    const both = await Promise.allSettled([update(id, body), update(id, body)]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    await expect(update(id, body)).rejects.toMatchObject({ code: "request.conflict" });
    const { settingsMs } = await house.camera(id);
    const again = (await update(id, { ...body, settingsMs })) as cameras.Camera;
    expect(again.settingsMs).toBeGreaterThan(settingsMs);
  });

  test.each([
    [
      "a mask without an area",
      {
        masks: [
          [
            [0.1, 0.1],
            [0.2, 0.1],
            [0.3, 0.1],
          ],
        ],
      },
    ],
    [
      "a zone without an area",
      {
        motion: {
          ...DEFAULT.motion,
          zones: [
            {
              name: "a",
              kind: "watch",
              area: [
                [0, 0],
                [0, 0],
                [1, 1],
              ],
            },
          ],
        },
      },
    ],
    [
      "two zones of one name",
      {
        motion: {
          ...DEFAULT.motion,
          zones: ["Door", "door "].map((name) => ({ name, kind: "watch", area: SQUARE })),
        },
      },
    ],
    [
      "an ignored zone that asks for something",
      {
        motion: {
          ...DEFAULT.motion,
          zones: [{ name: "Tree", kind: "ignore", area: SQUARE, loiterSeconds: 10 }],
        },
      },
    ],
    [
      "a greatest height below the least",
      { detection: { ...DEFAULT.detection, minHeight: 0.3, maxHeight: 0.29 } },
    ],
    ["a schedule without a time", { recording: { ...DEFAULT.recording, mode: "schedule" } }],
    [
      "a time without a length",
      { recording: { ...DEFAULT.recording, schedule: [{ days: [1], fromMinute: 60, toMinute: 60 }] } },
    ],
  ])("with %s are refused", async (_what, change) => {
    const body = { settings: { ...DEFAULT, ...change }, settingsMs: 0 };
    await expect(update(idOf(4), body)).rejects.toMatchObject({ code: "request.invalid" });
    expect((await house.camera(idOf(4))).settingsMs).toBe(0);
  });

  test("of a device without pictures, and of another organisation's, are none", async () => {
    const body = { settings: DEFAULT, settingsMs: 0 };
    await expect(update(THERMOMETER, body)).rejects.toMatchObject({ code: "camera.none" });
    const others = { tenantId: STRANGER };
    await expect(update(idOf(5), body, others)).rejects.toMatchObject({ code: "camera.none" });
    await expect(house.call(cameras.getCamera, { id: idOf(5), ...others })).rejects.toMatchObject({
      code: "camera.none",
    });
  });

  test("of a camera that is removed while they are changed belong to nobody", async () => {
    const id = idOf(6);
    await house.database.pool.query("delete from devices where id = $1", [id]);
    await expect(update(id, { settings: DEFAULT, settingsMs: 0 })).rejects.toMatchObject({
      code: "device.not_found",
    });
  });

  test("hide what was shown when masks or the switch change, and not otherwise", () => {
    expect(hides(DEFAULT, { ...DEFAULT, masks: [SQUARE] })).toBe(true);
    expect(hides(DEFAULT, { ...DEFAULT, enabled: false })).toBe(true);
    expect(hides(DEFAULT, { ...DEFAULT, maxFramesPerSecond: 1 })).toBe(false);
    expect(rounded(rounded({ ...DEFAULT, masks: [SQUARE] }))).toEqual(
      rounded({ ...DEFAULT, masks: [SQUARE] }),
    );
  });
});

describe("the list of cameras", () => {
  test("is by site and name, numbers as numbers, in pages, and finds words without accents", async () => {
    house.add(idOf(7), { name: "camera-7", siteName: "Annexe", label: "Entrée" });
    const all = await page();
    expect(all.items.map(({ name }) => name)).toEqual([
      "camera-7",
      ...[1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12].map((number) => `camera-${number}`),
    ]);
    expect(all.items.every((item) => Check(cameras.Camera, item))).toBe(true);
    const second = await page({ query: { offset: "10", limit: "5" } });
    expect([second.total, second.items.map(({ name }) => name)]).toEqual([12, ["camera-11", "camera-12"]]);
    expect((await page({ query: { q: "entree ANNEXE" } })).items.map(({ id }) => id)).toEqual([idOf(7)]);
    expect((await page({ query: { q: "%" } })).total).toBe(0);
    expect((await page({ query: { site: SITE } })).total).toBe(12);
    expect((await page({ query: { site: STRANGER } })).total).toBe(0);
  });

  test("holds what the asker may see: no other site's, no other organisation's, none that is revoked", async () => {
    const device = { sites: new Set<Uuid>(), devices: new Set([idOf(8)]) };
    expect((await page({ reach: device })).items.map(({ id }) => id)).toEqual([idOf(8)]);
    expect((await page({ reach: { sites: new Set([STRANGER]), devices: new Set() } })).total).toBe(0);
    expect((await page({ tenantId: STRANGER })).total).toBe(0);
    house.add(idOf(9), { name: "camera-9", revoked: true });
    expect((await page()).total).toBe(11);
  });
});
