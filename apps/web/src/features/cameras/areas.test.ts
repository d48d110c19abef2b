import { cameras } from "@gatehouse/contract";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  areasOf,
  type Corners,
  isArea,
  MAX_CORNERS,
  MIDDLE,
  MIN_CORNERS,
  masksFrom,
  middleOf,
  moveArea,
  moveCorner,
  removeCorner,
  shareOf,
  splitAfter,
  zonesFrom,
} from "./areas.ts";

const double = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const corners = fc.array(fc.tuple(double(0, 1), double(0, 1)), { minLength: 3, maxLength: MAX_CORNERS });
const edit = fc.oneof(
  fc.record({ index: fc.nat(40), x: double(-1, 2), y: double(-1, 2) }),
  fc.record({ after: fc.nat(40) }),
  fc.record({ drop: fc.nat(40) }),
  fc.record({ right: double(-2, 2), down: double(-2, 2) }),
);

describe("an area of the picture", () => {
  it("stays one that the server takes, whatever is done to it", () => {
    fc.assert(
      fc.property(corners, fc.array(edit, { maxLength: 40 }), (start, edits) => {
        let area: Corners = start;
        for (const step of edits) {
          if ("index" in step) area = moveCorner(area, step.index, [step.x, step.y]);
          else if ("after" in step) area = splitAfter(area, step.after);
          else if ("drop" in step) area = removeCorner(area, step.drop);
          else area = moveArea(area, step.right, step.down);
        }
        expect(area.length).toBeGreaterThanOrEqual(MIN_CORNERS);
        expect(area.length).toBeLessThanOrEqual(MAX_CORNERS);
        expect(area.flat().filter((share) => !(share >= 0 && share <= 1))).toEqual([]);
      }),
    );
  });

  it("keeps its shape when it is moved against the edge", () => {
    expect(moveArea(MIDDLE, 0.9, 0)).toEqual([
      [0.6, 0.3],
      [1, 0.3],
      [1, 0.7],
      [0.6, 0.7],
    ]);
  });

  it("gets a new corner between two, and never fewer than three", () => {
    expect(splitAfter(MIDDLE, 3)[4]).toEqual([0.3, 0.5]);
    const three = removeCorner(MIDDLE, 0);
    expect(three).toHaveLength(3);
    expect(removeCorner(three, 0)).toBe(three);
  });

  it("knows how much of the picture it is, whichever way round it was drawn", () => {
    expect(shareOf(MIDDLE)).toBeCloseTo(0.16);
    expect(shareOf([...MIDDLE].reverse())).toBeCloseTo(0.16);
    expect(middleOf(MIDDLE)).toEqual([0.5, 0.5]);
  });

  it("is none on a line", () => {
    expect(isArea(MIDDLE)).toBe(true);
    expect(
      isArea([
        [0.1, 0.1],
        [0.5, 0.5],
        [0.9, 0.9],
      ]),
    ).toBe(false);
  });
});

it("zones and masks come back from the editor as they went in", () => {
  const settings = structuredClone(cameras.DEFAULT_CAMERA_SETTINGS);
  const area = [...MIDDLE].map(([x, y]): [number, number] => [x, y]);
  settings.motion.zones = [
    { name: "Door", kind: "watch", area, minScore: 0.725, loiterSeconds: 10 },
    { name: "Lawn", kind: "watch", area },
  ];
  settings.masks = [
    [
      [0, 0],
      [0.1, 0],
      [0, 0.1],
    ],
  ];
  const areas = areasOf(settings);
  expect(zonesFrom(areas)).toEqual(settings.motion.zones);
  expect(masksFrom(areas)).toEqual(settings.masks);
});
