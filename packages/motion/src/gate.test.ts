import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Look, MotionGate } from "./gate.ts";
import { CELLS, COLUMNS, LUMA_HEIGHT, LUMA_WIDTH } from "./grid.ts";
import { type Block, Scene, type SceneOptions, type Shot } from "./testing/scene.ts";
import type { MotionZone } from "./zones.ts";

const START_MS = 1_772_366_400_000;

/** Shows a scene to a gate for some seconds; `shot` says what is in it at a time since the start. */
function watch(
  seconds: number,
  shot: (atSeconds: number) => Shot,
  options: SceneOptions & { fps?: number; sensitivity?: number; zones?: readonly MotionZone[] } = {},
): { looks: Look[]; gate: MotionGate } {
  const { fps = 5, sensitivity = 50, zones = [] } = options;
  const scene = new Scene(options);
  const gate = new MotionGate({ sensitivity, zones });
  const looks = Array.from({ length: Math.round(seconds * fps) }, (_, i) =>
    gate.look(scene.shoot(shot(i / fps)), START_MS + Math.round((i * 1_000) / fps)),
  );
  return { looks, gate };
}

const moving = (looks: readonly Look[]): number[] =>
  looks.filter(({ moves }) => moves).map(({ atMs }) => (atMs - START_MS) / 1_000);

/** Walks in from the left after five seconds. */
const walker =
  (size: number, pixelsPerSecond: number, luma = 30) =>
  (at: number): Shot => {
    const block: Block = { x: (at - 5) * pixelsPerSecond - size, y: 60, width: size, height: 2 * size, luma };
    return at < 5 ? {} : { blocks: [block] };
  };

describe("a thing that moves", () => {
  test.each([
    [8, 8],
    [8, 40],
    [12, 4],
    [12, 20],
    [24, 10],
    [24, 60],
    [48, 15],
    [48, 90],
  ])("is seen at %i pixels and %i pixels a second, and not before it comes", (size, speed) => {
    const seconds = 5 + (LUMA_WIDTH + size) / speed;
    const seen = moving(watch(seconds, walker(size, speed)).looks);
    expect(seen[0]).toBeGreaterThanOrEqual(5);
    expect(seen[0]).toBeLessThan(5 + (2 * size + 8) / speed + 0.6);
    const inside = (LUMA_WIDTH / speed) * 5;
    expect(seen.length).toBeGreaterThan(inside * 0.6);
  });

  test("is seen alike at one picture a second and at twenty-five", () => {
    for (const fps of [1, 2, 10, 25]) {
      const seen = moving(watch(20, walker(24, 16), { fps }).looks);
      expect(seen[0], `${fps} a second`).toBeLessThan(8);
      expect(seen.at(-1), `${fps} a second`).toBeGreaterThan(16);
      expect(seen.length / fps, `${fps} a second`).toBeGreaterThan(8);
    }
  });

  test("moves no more two seconds after it stands still, and none of its place when it was taken away", () => {
    const chair: Block = { x: 80, y: 50, width: 30, height: 40, luma: 20 };
    const { looks } = watch(180, (at) => (at > 10 && at < 120 ? { blocks: [chair] } : {}));
    const seen = moving(looks);
    expect(seen.filter((at) => at > 10 && at < 12).length).toBeGreaterThan(0);
    expect(seen.filter((at) => at > 120 && at < 122).length).toBeGreaterThan(0);
    expect(seen.filter((at) => !(at > 10 && at <= 12.2) && !(at >= 120 && at <= 122.2))).toEqual([]);
  });

  test("counts more cells the larger it is", () => {
    const largest = (size: number): number =>
      Math.max(...watch(12, walker(size, 30)).looks.map(({ share }) => share));
    expect(largest(8)).toBeLessThan(largest(24));
    expect(largest(24)).toBeLessThan(largest(48));
  });

  test("must be larger where the sensitivity is lower", () => {
    const seen = (size: number, sensitivity: number): boolean =>
      moving(watch(12, walker(size, 30), { sensitivity }).looks).length > 0;
    expect([seen(8, 50), seen(8, 20), seen(8, 1)]).toEqual([true, false, false]);
    expect([seen(60, 20), seen(60, 1)]).toEqual([true, true]);
    expect([seen(5, 100), seen(5, 30)]).toEqual([true, false]);
  });
});

describe("nothing moves", () => {
  test.each([2, 10])("in ten minutes of a still picture with noise of %i steps", (noise) => {
    expect(moving(watch(600, () => ({}), { noise }).looks)).toEqual([]);
  });

  test("when daylight comes and goes", () => {
    expect(moving(watch(120, (at) => ({ light: 50 * Math.sin(at / 20) })).looks)).toEqual([]);
    expect(moving(watch(120, (at) => ({ gain: 1 + 0.4 * Math.sin(at / 20) })).looks)).toEqual([]);
  });

  test("when lamps flicker with the mains", () => {
    expect(moving(watch(60, (at) => ({ light: Math.round(at * 5) % 2 === 0 ? 12 : -12 })).looks)).toEqual([]);
  });

  test("when a lamp is switched; whoever comes after it is seen", () => {
    const { looks } = watch(30, (at) => ({ gain: at < 10 ? 0.6 : 1.4, ...walker(24, 20)(at - 10) }));
    const seen = moving(looks);
    expect(looks.some(({ learning, atMs }) => learning && atMs - START_MS > 9_000)).toBe(true);
    expect(seen.filter((at) => at < 15)).toEqual([]);
    expect(seen.length).toBeGreaterThan(20);
  });

  test("in rain", () => {
    expect(moving(watch(120, () => ({ drops: 150 })).looks)).toEqual([]);
  });

  test("in the dark, until a lamp shows somebody", () => {
    const night = { gain: 0.04 };
    const torch: Block = { x: 0, y: 40, width: 60, height: 60, luma: 4_000 };
    const { looks } = watch(20, (at) =>
      at < 10 ? { ...night, ...walker(30, 20, 0)(at) } : { ...night, blocks: [{ ...torch, x: at * 6 - 40 }] },
    );
    expect(looks.filter(({ atMs }) => atMs - START_MS < 10_000).every(({ dark }) => dark)).toBe(true);
    expect(moving(looks)[0]).toBeGreaterThan(11);
  });

  test("after a long silence, however different the first picture is", () => {
    const gate = new MotionGate({ sensitivity: 50, zones: [] });
    const scene = new Scene();
    for (let i = 0; i < 50; i++) gate.look(scene.shoot(), START_MS + i * 200);
    const other = scene.shoot({ blocks: [{ x: 20, y: 20, width: 60, height: 60, luma: 10 }] });
    expect(gate.look(other, START_MS + 60_000)).toMatchObject({ learning: true, moves: false });
  });
});

describe("zones", () => {
  const left: MotionZone = {
    name: "Door",
    kind: "watch",
    area: [
      [0, 0],
      [0.3, 0],
      [0.3, 1],
      [0, 1],
    ],
  };
  const topLeft: MotionZone = {
    name: "Tree",
    kind: "ignore",
    area: [
      [0, 0],
      [0.3, 0],
      [0.3, 1],
      [0, 1],
    ],
  };

  test("count nowhere else, and are named when something moves in them", () => {
    const { looks } = watch(20, walker(24, 16), { zones: [left] });
    const seen = moving(looks);
    // Its whole body has left a third of the picture by then.
    expect(seen.at(-1)).toBeLessThan(5 + (LUMA_WIDTH * 0.3 + 24 + 8) / 16 + 1.5);
    expect(looks.filter(({ moves }) => moves).every(({ zones }) => zones.includes("Door"))).toBe(true);
  });

  test("that are ignored show no motion", () => {
    const seen = moving(watch(20, walker(24, 16), { zones: [topLeft] }).looks);
    expect(seen[0]).toBeGreaterThan(5 + (LUMA_WIDTH * 0.3 - 8) / 16);
    expect(moving(watch(20, walker(24, 16), { zones: [left, topLeft] }).looks)).toEqual([]);
  });

  test("smaller than a cell are still zones", () => {
    const tiny: MotionZone = {
      name: "Lock",
      kind: "watch",
      area: [
        [0.5, 0.5],
        [0.505, 0.5],
        [0.505, 0.505],
      ],
    };
    const { looks } = watch(20, walker(24, 16), { zones: [tiny] });
    expect(looks.filter(({ moves }) => moves).map(({ share }) => share)).toContain(1);
  });
});

test("whatever is shown, a look is bounded, unwatched cells stay still, and the same pictures give the same looks", () => {
  const point = fc.tuple(
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.double({ min: 0, max: 1, noNaN: true }),
  );
  const zone: fc.Arbitrary<MotionZone> = fc.record({
    name: fc.string({ minLength: 1, maxLength: 5 }),
    kind: fc.constantFrom("watch" as const, "ignore" as const),
    area: fc.array(point, { minLength: 3, maxLength: 8 }),
  });
  const shot: fc.Arbitrary<Shot> = fc.record({
    light: fc.integer({ min: -255, max: 255 }),
    gain: fc.double({ min: 0, max: 3, noNaN: true }),
    drops: fc.integer({ min: 0, max: 2_000 }),
  });
  const pictures = fc.array(fc.tuple(shot, fc.integer({ min: 0, max: 40_000 })), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(
    fc.property(
      pictures,
      fc.array(zone, { maxLength: 4 }),
      fc.integer({ min: 1, max: 100 }),
      (taken, zones, sensitivity) => {
        const run = (): Look[] => {
          const gate = new MotionGate({ sensitivity, zones });
          const scene = new Scene();
          let atMs = START_MS;
          return taken.map(([what, sinceMs]) => {
            atMs += sinceMs;
            const look = gate.look(scene.shoot(what), atMs);
            const cells = gate.cells();
            expect(look.share).toBeGreaterThanOrEqual(0);
            expect(look.share).toBeLessThanOrEqual(1);
            expect(look.threshold).toBeGreaterThan(0);
            expect(look.threshold).toBeLessThanOrEqual(1);
            expect(look.moves && (look.dark || look.learning)).toBe(false);
            for (let cell = 0; cell < CELLS; cell++)
              if (gate.watched[cell] === 0) expect(cells[cell]).toBe(0);
            expect(Math.max(...cells)).toBeLessThanOrEqual(9);
            return look;
          });
        };
        expect(run()).toEqual(run());
      },
    ),
    { numRuns: 25 },
  );
});

test("a picture of another size is refused", () => {
  expect(() => new MotionGate({ sensitivity: 50, zones: [] }).look(new Uint8Array(10), 0)).toThrow(
    RangeError,
  );
  expect(COLUMNS * 8 * LUMA_HEIGHT).toBe(LUMA_WIDTH * LUMA_HEIGHT);
});
