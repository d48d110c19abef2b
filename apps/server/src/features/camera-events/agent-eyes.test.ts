import { randomUUID } from "node:crypto";
import { isAppError } from "@gatehouse/base";
import type { cameras, ReplyOf } from "@gatehouse/contract";
import type { CameraLook } from "@gatehouse/device-types/camera-words";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type House, openHouse, type TestCamera, walker } from "./testing/house.ts";

let house: House;
let camera: TestCamera;
beforeEach(async () => {
  house = await openHouse();
  camera = await house.addCamera();
});
afterEach(() => house[Symbol.asyncDispose]());

type List = ReplyOf<typeof cameras.listCameraEvents>;
const list = () => house.call<List>("GET /api/v1/camera-events", { query: {} });
const view = () =>
  house.call<cameras.MotionView>("GET /api/v1/cameras/:id/motion", { params: { id: camera.id } });

const sender = () => ({ tenantId: camera.tenantId, deviceId: camera.id });
const ready = (judges = true) => house.feature.said(sender(), { kind: "camera", says: "ready", judges });
const CELLS = Array.from({ length: 18 }, (_, row) =>
  row === 9 ? "000005990000000000000000" : "0".repeat(24),
);
const looks = (given: readonly Partial<CameraLook>[], more: object = {}) =>
  house.feature.said(sender(), {
    kind: "camera",
    says: "looks",
    video: false,
    threshold: 0.02,
    dark: false,
    cells: CELLS,
    looks: given.map((look) => ({ agoMs: 0, share: 0, moves: false, zones: [], ...look })),
    ...more,
  });
const moving = { share: 0.08, moves: true };

describe("what a camera's own machine sees", () => {
  test("is an event with its pin, from the first of three looks to the last, as strong as the strongest", async () => {
    expect(await ready()).toBeUndefined();
    await house.pass(1_000);
    const nowMs = house.clock.nowMs();
    await looks([
      { agoMs: 800, ...moving },
      { agoMs: 600, ...moving, share: 0.3 },
      { agoMs: 400, ...moving },
      { agoMs: 200 },
    ]);
    await house.feature.idle();
    expect(house.feature.isMoving(camera.id)).toBe(true);
    expect(house.pins).toEqual([expect.objectContaining({ fromMs: nowMs - 800 - 15_000, toMs: undefined })]);
    for (let second = 0; second < 12; second++) {
      await house.pass(1_000);
      await looks([second < 2 ? moving : {}]);
    }
    await house.feature.idle();
    expect(house.feature.isMoving(camera.id)).toBe(false);
    expect((await list()).items).toMatchObject([
      {
        kind: "motion",
        startMs: nowMs - 800,
        endMs: nowMs + 2_000,
        strength: expect.closeTo(0.3, 5),
        bestMs: nowMs - 600,
      },
    ]);
    expect(house.pins.at(-1)).toMatchObject({ toMs: nowMs + 2_000 + 10_000 });
  });

  test("is shown as its cells, and said to be judged there", async () => {
    await ready();
    await expect(view()).rejects.toSatisfy((error) => isAppError(error, "camera.no_picture"));
    await looks([{ ...moving }]);
    expect(await view()).toMatchObject({ by: "agent", cells: CELLS, share: 0.08, threshold: 0.02 });
  });

  test("marks the timeline as its strength, and as looked at while nothing moves", async () => {
    await ready();
    const nowMs = Math.ceil(house.clock.nowMs() / 10_000) * 10_000;
    house.clock.advance(nowMs - house.clock.nowMs());
    await looks([moving]);
    house.clock.advance(10_000);
    await looks([{}]);
    const strengths = await house.feature.strengthIn(house.tenantId, [camera.id], nowMs, nowMs + 30_000, 3);
    expect([...(strengths.get(camera.id) ?? [])]).toEqual([3, 0, -1]);
  });

  test("names only zones that the camera has", async () => {
    house.change(camera, {
      zones: [
        {
          name: "Path",
          kind: "watch",
          area: [
            [0, 0],
            [1, 0],
            [1, 1],
          ],
        },
      ],
    });
    await ready();
    await looks(Array(3).fill({ ...moving, zones: ["Path", "Elsewhere"] }));
    await house.feature.idle();
    expect((await list()).items[0]?.zones).toEqual(["Path"]);
  });

  test("is an event with the second look where they are of a video's key frames", async () => {
    await ready();
    await looks([moving]);
    await house.pass(2_000);
    await looks([moving]);
    expect(house.feature.isMoving(camera.id)).toBe(false);
    await house.pass(20_000);
    await ready();
    await looks([moving], { video: true });
    await house.pass(2_000);
    await looks([moving], { video: true });
    expect(house.feature.isMoving(camera.id)).toBe(true);
  });

  test("ends when it says nothing more", async () => {
    await ready();
    await looks(Array(3).fill(moving));
    await house.pass(9_000);
    await house.feature.idle();
    expect((await list()).items[0]?.endMs).toBeDefined();
  });

  test("is no event while motion is switched off", async () => {
    house.change(camera, { enabled: false });
    await ready();
    await looks(Array(3).fill(moving));
    await house.feature.idle();
    expect([house.feature.isMoving(camera.id), (await list()).total]).toEqual([undefined, 0]);
  });
});

describe("its pictures", () => {
  test("are not judged here while it judges them, and are again when it does not", async () => {
    await ready();
    const say = async (): Promise<void> => {
      for (let second = 0; second < 5; second++) {
        await house.film(camera, 1, walker);
        await looks([{}]);
      }
    };
    await say();
    expect([house.feature.stats().looks, (await list()).total]).toEqual([0, 0]);
    await house.pass(16_000);
    await house.film(camera, 3);
    await house.film(camera, 3, walker);
    expect([house.feature.stats().looks > 0, (await list()).total]).toEqual([true, 1]);
    expect(await view()).toMatchObject({ by: "server" });
  });

  test("are judged here when it says that it cannot", async () => {
    await ready(false);
    await house.film(camera, 3);
    expect(house.feature.stats().looks).toBeGreaterThan(0);
  });
});

describe("its settings", () => {
  test("are told when it asks and whenever they change, with what is masked among what is ignored", async () => {
    await ready();
    expect(house.orders).toEqual([
      {
        cameraId: camera.id,
        orders: {
          kind: "camera",
          enabled: true,
          maxFramesPerSecond: 30,
          as: "copy",
          motion: { sensitivity: 50, zones: [] },
        },
      },
    ]);
    camera.settings = {
      ...camera.settings,
      masks: [
        [
          [0, 0],
          [0.5, 0],
          [0.5, 1],
        ],
      ],
    };
    house.change(camera, { sensitivity: 80 });
    expect(house.orders.at(-1)?.orders).toMatchObject({
      as: "jpeg",
      motion: {
        sensitivity: 80,
        zones: [
          {
            kind: "ignore",
            area: [
              [0, 0],
              [0.5, 0],
              [0.5, 1],
            ],
          },
        ],
      },
    });
    house.change(camera, { enabled: false });
    expect(house.orders.at(-1)?.orders.motion).toBeUndefined();
  });

  test("are told to nobody who did not ask in the session", async () => {
    house.change(camera, { sensitivity: 80 });
    await ready();
    house.bus.publish("device.session_began", { ...sender(), atMs: house.clock.nowMs() });
    house.change(camera, { sensitivity: 81 });
    expect(house.orders).toHaveLength(1);
  });
});

test("a word that is none, too many looks, old ones, and words of what is no camera are refused", async () => {
  await ready();
  const wrong: readonly unknown[] = [
    { kind: "camera" },
    { kind: "camera", says: "ready" },
    { kind: "camera", says: "looks", looks: [] },
  ];
  for (const word of wrong) expect(await house.feature.said(sender(), word)).toBe("message.schema");
  expect(await looks([])).toBe("message.schema");
  expect(await looks(Array(17).fill(moving))).toBe("message.schema");
  expect(await looks([{ ...moving, agoMs: 60_000 }])).toBe("message.schema");
  expect(await looks([{ ...moving, share: 2 }])).toBe("message.schema");
  expect(await looks([moving], { cells: CELLS.slice(1) })).toBe("message.schema");
  expect(await looks([moving], { more: 1 })).toBe("message.schema");
  const stranger = { tenantId: camera.tenantId, deviceId: randomUUID() };
  expect(await house.feature.said(stranger, { kind: "camera", says: "ready", judges: true })).toBe(
    "camera.none",
  );
  expect((await list()).total).toBe(0);
});
