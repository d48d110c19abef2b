import { cameras } from "@gatehouse/contract";
import { H264, jpegOf } from "@gatehouse/video/testing";
import fc from "fast-check";
import sharp from "sharp";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { FrameSource } from "../index.ts";
import { CameraHouse } from "../testing/camera-house.ts";

const { FRAME_KINDS } = cameras;
const WHOLE = jpegOf(640, 480);

/** Masking that a test finishes by hand. */
const held: (() => void)[] = [];
let isHeld = false;

let house: CameraHouse;
beforeAll(async () => {
  const { maskPicture } = await import("@gatehouse/capture/pictures");
  house = await CameraHouse.open({
    cameras: 20,
    masker: {
      async mask(jpeg, areas) {
        if (isHeld) await new Promise<void>((resolve) => held.push(resolve));
        return maskPicture(jpeg, areas);
      },
    },
  });
}, 120_000);
afterAll(() => house[Symbol.asyncDispose]());
beforeEach(() => house.quiet());

let used = 0;
const next = (more: Partial<FrameSource> = {}): FrameSource => ({
  tenantId: house.tenantId,
  cameraId: house.ids[used++] as string,
  way: "channel",
  via: "wss",
  address: "192.0.2.7",
  ...more,
});
const take = (source: FrameSource, bytes: Uint8Array = WHOLE, deviceMs?: number) =>
  house.feature.take(source, { kind: FRAME_KINDS.jpeg, bytes, deviceMs });

describe("time", () => {
  test("of frames never goes backwards, whatever the server's clock or the camera's does", async () => {
    const source = next();
    const startMs = house.clock.nowMs();
    take(source, WHOLE, startMs + 5_000);
    house.clock.advance(100);
    house.clock.setWall(startMs - 3_600_000);
    take(source, WHOLE, startMs - 86_400_000);
    house.clock.advance(100);
    take(source, WHOLE, 0);
    // While the clock catches up, time goes on more slowly; it never stands still.
    expect(house.frames.map(({ takenMs }) => takenMs - startMs)).toEqual([0, 90, 180]);
    expect(house.frames.map(({ deviceMs }) => deviceMs)).toEqual([
      startMs + 5_000,
      startMs - 86_400_000,
      undefined,
    ]);
    house.clock.setWall(startMs + 200);
    take(source, WHOLE, startMs - 86_400_000);
    expect((await house.camera(source.cameraId)).health.clockAheadMs).toBe(-86_400_200);
    house.clock.advance(50);
    take(source);
    expect(house.frames.at(-1)?.takenMs).toBe(startMs + 250);
  });

  test("that no calendar has is none", () => {
    const source = next();
    for (const deviceMs of [-1, 0.5, Number.NaN, Number.MAX_SAFE_INTEGER]) take(source, WHOLE, deviceMs);
    expect(house.frames.map(({ deviceMs }) => deviceMs)).toEqual(Array(4).fill(undefined));
  });
});

describe("a camera", () => {
  test("is live while frames come, silent ten seconds after the last, and its gaps are counted", async () => {
    const source = next();
    const { cameraId } = source;
    expect((await house.camera(cameraId)).state).toBe("never");
    for (let frame = 0; frame < 100; frame++) {
      take(source);
      house.clock.advance(100);
    }
    const live = await house.camera(cameraId);
    expect(live).toMatchObject({
      state: "live",
      health: { frames: 100, gaps: 0, width: 640, height: 480, frameBytes: WHOLE.length, via: "channel" },
    });
    expect(live.health.framesPerSecond).toBeCloseTo(10, 0);
    expect(live.health.bytesPerSecond / WHOLE.length).toBeCloseTo(10, 0);
    house.clock.advance(9_000);
    expect((await house.camera(cameraId)).state).toBe("live");
    house.clock.advance(2_500);
    expect(await house.camera(cameraId)).toMatchObject({
      state: "silent",
      health: { gaps: 1, framesPerSecond: 0 },
    });
    take(source);
    expect(await house.camera(cameraId)).toMatchObject({ state: "live", health: { gaps: 1, frames: 101 } });
    // At first it was said to be there no more than every two seconds.
    expect(house.heard.filter((id) => id === cameraId).length).toBeLessThanOrEqual(6);
    expect(house.statesOf(cameraId)).toEqual(["live", "silent"]);
  });

  test("that is switched off is taken nothing from, and shows nothing of before", async () => {
    const source = next();
    take(source);
    expect(house.feature.frames.newest(source.cameraId)).toBeDefined();
    await house.choose(source.cameraId, { enabled: false });
    expect(take(source)).toBe("camera.off");
    expect(house.feature.frames.newest(source.cameraId)).toBeUndefined();
    expect(await house.camera(source.cameraId)).toMatchObject({
      state: "off",
      health: { refused: { "camera.off": 1 } },
    });
    await house.choose(source.cameraId, { enabled: true });
    expect(take(source)).toBeUndefined();
  });

  test("of another organisation, none at all, and one that is revoked are refused", () => {
    const own = next();
    expect(take({ ...own, tenantId: own.cameraId })).toBe("camera.none");
    expect(take({ ...own, cameraId: own.tenantId })).toBe("camera.none");
    house.add(own.cameraId, { revoked: true });
    expect(take(own)).toBe("device.revoked");
    expect(house.frames).toEqual([]);
    expect(house.codes()).toEqual(["camera.none", "camera.none", "device.revoked"]);
  });

  test("is listened to on its newest connection, and on the one before when that one ends", () => {
    const older = next();
    const newer = { ...older };
    expect([take(older), take(newer), take(older)]).toEqual([undefined, undefined, "camera.taken"]);
    house.feature.end(newer);
    expect(take(older)).toBeUndefined();
    expect(house.codes()).toEqual(["camera.taken", "camera.taken"]);
  });
});

describe("masks", () => {
  const MASKS: cameras.Polygon[] = [
    [
      [0, 0],
      [0.5, 0],
      [0.5, 1],
      [0, 1],
    ],
    [
      [0.75, 0.5],
      [1, 0.5],
      [1, 1],
    ],
  ];
  /** A white picture. */
  const white = async (width = 320, height = 240): Promise<Uint8Array> =>
    new Uint8Array(
      await sharp({ create: { width, height, channels: 3, background: "#fff" } })
        .jpeg()
        .toBuffer(),
    );
  const published = async (count: number) => {
    await house.until(() => house.frames.length === count);
    return house.frames.at(-1) as (typeof house.frames)[number];
  };

  test("are black in every frame that anybody sees, and the rest is as it was", async () => {
    const source = next();
    await house.choose(source.cameraId, { masks: MASKS });
    expect(take(source, await white())).toBeUndefined();
    const frame = await published(1);
    expect([frame.width, frame.height]).toEqual([320, 240]);
    const { data } = await sharp(frame.bytes).greyscale().raw().toBuffer({ resolveWithObject: true });
    const at = (x: number, y: number): number => data[y * 320 + x] as number;
    for (let y = 0; y < 240; y++) for (let x = 0; x < 160; x++) expect(at(x, y)).toBeLessThan(24);
    expect([at(310, 200), at(300, 160)]).toEqual([expect.any(Number), expect.any(Number)]);
    expect(at(312, 180)).toBeLessThan(24);
    expect([at(200, 20), at(220, 220)].every((value) => value > 230)).toBe(true);
    const { health } = await house.camera(source.cameraId);
    expect(health.maskMs).toBeGreaterThanOrEqual(0);
  });

  test("lie where people see them, also when the picture says that it is turned", async () => {
    const source = next();
    await house.choose(source.cameraId, { masks: [MASKS[0] as cameras.Polygon] });
    const turned = await sharp(await white())
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    take(source, turned);
    const frame = await published(1);
    expect([frame.width, frame.height]).toEqual([240, 320]);
    const { data, info } = await sharp(frame.bytes).greyscale().raw().toBuffer({ resolveWithObject: true });
    expect(info.width).toBe(240);
    expect([data[10 * 240 + 20], data[310 * 240 + 100]].every((value) => (value as number) < 24)).toBe(true);
    expect(data[10 * 240 + 200]).toBeGreaterThan(230);
  });

  test("are drawn on one frame at a time: of those that come meanwhile the newest is next", async () => {
    const source = next();
    await house.choose(source.cameraId, { masks: MASKS });
    isHeld = true;
    for (const side of [100, 110, 120, 130]) take(source, await white(side, side));
    expect(held.length).toBe(1);
    isHeld = false;
    for (const finish of held.splice(0)) finish();
    await published(2);
    expect(house.frames.map(({ width, number }) => [width, number])).toEqual([
      [100, 0],
      [130, 1],
    ]);
    expect((await house.camera(source.cameraId)).health).toMatchObject({ skipped: 2, frames: 2 });
  });

  test("that come while a frame is on its way keep that frame back", async () => {
    const source = next();
    await house.choose(source.cameraId, { masks: [MASKS[1] as cameras.Polygon] });
    isHeld = true;
    take(source, await white());
    await house.choose(source.cameraId, { masks: MASKS });
    isHeld = false;
    for (const finish of held.splice(0)) finish();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(house.frames).toEqual([]);
    take(source, await white());
    expect((await published(1)).number).toBe(0);
  });

  test("that cannot be drawn keep the frame back: a picture that is only whole by its markers, and H.264", async () => {
    const source = next();
    await house.choose(source.cameraId, { masks: MASKS });
    expect(take(source, WHOLE)).toBeUndefined();
    await house.until(() => house.refused.length === 1);
    expect(house.feature.take(source, { kind: FRAME_KINDS.videoInit, bytes: H264.init })).toBe(
      "frame.unsupported",
    );
    expect(house.codes()).toEqual(["frame.malformed", "frame.unsupported"]);
    expect(house.frames).toEqual([]);
  });
});

describe("H.264", () => {
  test("comes as an initialisation and its fragments, which have its size", () => {
    const source = next();
    const [first, second] = H264.fragments;
    const send = (kind: cameras.FrameKind, bytes: Uint8Array) => house.feature.take(source, { kind, bytes });
    expect(send(FRAME_KINDS.videoFragment, first)).toBe("frame.malformed");
    expect(send(FRAME_KINDS.videoInit, H264.init)).toBeUndefined();
    expect(send(FRAME_KINDS.videoFragment, first)).toBeUndefined();
    expect(send(FRAME_KINDS.videoFragment, second.subarray(0, -1))).toBe("frame.truncated");
    expect(house.frames.map(({ kind, width, height, number }) => [kind, width, height, number])).toEqual([
      [FRAME_KINDS.videoInit, 64, 48, 0],
      [FRAME_KINDS.videoFragment, 64, 48, 1],
    ]);
    expect(house.feature.frames.initOf(source.cameraId)?.number).toBe(0);
  });

  test("is counted by the pictures that its fragments show", async () => {
    const source = next();
    const before = (await house.camera(source.cameraId)).health.frames;
    house.feature.take(source, { kind: FRAME_KINDS.videoInit, bytes: H264.init });
    for (const bytes of H264.fragments)
      house.feature.take(source, { kind: FRAME_KINDS.videoFragment, bytes });
    const { frames, framesPerSecond } = (await house.camera(source.cameraId)).health;
    expect(frames - before).toBe(20);
    expect(framesPerSecond).toBeGreaterThanOrEqual(2);
  });

  test("is begun again by its initialisation after the camera was off", async () => {
    const source = next();
    const send = (kind: cameras.FrameKind, bytes: Uint8Array) => house.feature.take(source, { kind, bytes });
    send(FRAME_KINDS.videoInit, H264.init);
    await house.choose(source.cameraId, { enabled: false });
    await house.choose(source.cameraId, { enabled: true });
    house.frames.length = 0;
    expect(send(FRAME_KINDS.videoFragment, H264.fragments[0])).toBeUndefined();
    expect(house.frames.map(({ kind, number }) => [kind, number])).toEqual([
      [FRAME_KINDS.videoInit, 1],
      [FRAME_KINDS.videoFragment, 2],
    ]);
  });
});

test("whatever comes, there is an answer at once, and what is published is sound, numbered and in time", () => {
  const [own, foreign] = [next(), next()];
  const sources = [own, { ...own }, foreign];
  const damaged = fc
    .tuple(
      fc.constantFrom(WHOLE, H264.init, ...H264.fragments),
      fc.array(fc.tuple(fc.nat(1_500), fc.nat(255))),
    )
    .map(([bytes, changes]) => {
      const copy = bytes.slice();
      for (const [at, value] of changes.slice(0, 3)) if (at < copy.length) copy[at] = value;
      return copy;
    });
  const bytes = fc.oneof(damaged, fc.uint8Array({ maxLength: 200 }), fc.constant(WHOLE));
  const event = fc.record({
    source: fc.nat(2),
    kind: fc.integer({ min: 1, max: 3 }) as fc.Arbitrary<cameras.FrameKind>,
    bytes,
    deviceMs: fc.option(fc.double({ noNaN: false }), { nil: undefined }),
    passesMs: fc.nat(300),
    ends: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 30 }), (events) => {
      house.frames.length = 0;
      for (const { source: at, passesMs, ends, ...frame } of events) {
        const source = sources[at] as FrameSource;
        const before = house.frames.length;
        const refusal = house.feature.take(source, frame);
        if (refusal === undefined) expect(house.frames.length).toBeGreaterThan(before);
        else expect(house.frames.length).toBe(before);
        if (ends) house.feature.end(source);
        house.clock.advance(passesMs);
      }
      for (const { cameraId } of [own, foreign]) {
        const frames = house.frames.filter((frame) => frame.cameraId === cameraId);
        for (const [at, frame] of frames.entries()) {
          const earlier = frames[at - 1];
          expect(frame.width * frame.height).toBeGreaterThan(0);
          if (earlier === undefined) continue;
          expect(frame.number).toBe(earlier.number + 1);
          expect(frame.takenMs).toBeGreaterThanOrEqual(earlier.takenMs);
        }
      }
    }),
    { numRuns: 300 },
  );
});
