import { isAppError } from "@gatehouse/base";
import { expect, test } from "vitest";
import type { Tensor } from "./candidate.ts";
import { layoutOf } from "./layout.ts";
import { logit } from "./places.ts";

const INPUT = { width: 64, height: 64 };
/** 8 × 8, 4 × 4 and 2 × 2 cells; NanoDet-Plus has one of 64 pixels besides. */
const PLACES = 84;
/** Row 1, column 2 of the cells of 16 pixels. */
const PLACE = 64 + 4 + 2;
const all = (count: number): Uint8Array => new Uint8Array(count).fill(1);

/** Zeros but for one place. */
function tensorOf(places: number, channels: number, at: number, row: readonly number[], fill = 0): Tensor {
  const data = new Float32Array(places * channels).fill(fill);
  data.set(row, at * channels);
  return { dims: [1, places, channels], data };
}

function turned({ dims, data }: Tensor): Tensor {
  const [, rows, columns] = dims as [number, number, number];
  const other = Float32Array.from(
    data,
    (_, i) => data[(i % rows) * columns + Math.floor(i / rows)] as number,
  );
  return { dims: [1, columns, rows], data: other };
}

function decode(
  outputs: readonly Tensor[],
  namedClasses: number,
  minScore = 0.5,
  classes = all(namedClasses),
) {
  const layout = layoutOf({ input: INPUT, dims: outputs.map(({ dims }) => dims), namedClasses });
  return { family: layout.family, found: layout.decode(outputs, { minScore, classes }) };
}

const scores = (count: number, index: number, score: number): number[] =>
  Array.from({ length: count }, (_, i) => (i === index ? score : 0));

test("YOLO is read in both orders: middle and size, then a score for each class", () => {
  const tensor = tensorOf(PLACES, 7, PLACE, [40, 24, 10, 20, ...scores(3, 1, 0.75)]);
  const expected = [{ x1: 35, y1: 14, x2: 45, y2: 34, classIndex: 1, score: 0.75 }];
  for (const output of [tensor, turned(tensor)])
    expect(decode([output], 3)).toEqual({ family: "yolo", found: expected });
});

test("YOLOX counts from its cell, sizes are logarithms, and a thing must be there at all", () => {
  const row = [0.5, 0.25, Math.log(2), Math.log(3), 0.8, ...scores(3, 2, 0.9)];
  const { family, found } = decode([tensorOf(PLACES, 8, PLACE, row)], 3);
  expect(family).toBe("yolox");
  expect(found).toHaveLength(1);
  const [box] = found;
  expect(box?.x1).toBeCloseTo((2 + 0.5) * 16 - 16, 4);
  expect(box?.x2).toBeCloseTo((2 + 0.5) * 16 + 16, 4);
  expect(box?.y1).toBeCloseTo((1 + 0.25) * 16 - 24, 4);
  expect(box?.score).toBeCloseTo(0.72, 6);
  expect(box?.classIndex).toBe(2);
  expect(decode([tensorOf(PLACES, 8, PLACE, row)], 3, 0.73).found).toEqual([]);
});

/** Four edges of eight numbers each: all certain of one distance. */
const certain = (distances: readonly number[], count: number): number[] =>
  distances.flatMap((distance) => Array.from({ length: count }, (_, i) => (i === distance ? 50 : 0)));

test("NanoDet's places are the middles of cells, its edges are means of distances", () => {
  const row = [...scores(2, 0, 0.6), ...certain([1, 2, 3, 4], 8)];
  const { family, found } = decode([tensorOf(PLACES, 2 + 32, PLACE, row)], 2);
  expect(family).toBe("nanodet");
  const [x, y] = [2.5 * 16, 1.5 * 16];
  expect(found).toHaveLength(1);
  for (const [key, value] of Object.entries({ x1: x - 16, y1: y - 32, x2: x + 48, y2: y + 64 }))
    expect(found[0]?.[key as "x1"]).toBeCloseTo(value, 3);
});

test("NanoDet-Plus has a fourth grid, places at the corners of cells, and scores before the logistic function", () => {
  const row = [logit(0.7), -9, ...certain([1, 1, 1, 1], 8)];
  const { family, found } = decode([tensorOf(PLACES + 1, 2 + 32, PLACE, row, -9)], 2);
  expect(family).toBe("nanodet-plus");
  expect(found).toHaveLength(1);
  expect(found[0]?.score).toBeCloseTo(0.7, 5);
  for (const [key, value] of Object.entries({ x1: 16, y1: 0, x2: 48, y2: 32 }))
    expect(found[0]?.[key as "x1"]).toBeCloseTo(value, 3);
  expect(decode([turned(tensorOf(PLACES + 1, 34, PLACE, row, -9))], 2).found).toEqual(found);
});

test("NanoDet with six outputs says the same as with one", () => {
  const grids = [64, 16, 4];
  const classes = grids.map((places) => tensorOf(places, 2, 0, []));
  const edges = grids.map((places) => tensorOf(places, 32, 0, []));
  classes[1]?.data.set([0, 0.8], 6 * 2);
  edges[1]?.data.set(certain([1, 2, 3, 4], 8), 6 * 32);
  const many = decode([...classes, ...edges], 2);
  const one = decode([tensorOf(PLACES, 34, PLACE, [0, 0.8, ...certain([1, 2, 3, 4], 8)])], 2);
  expect(many).toEqual(one);
  expect(many.found).toHaveLength(1);
});

test("models that sort out doubles themselves give edges, score and class", () => {
  const tensor = tensorOf(300, 6, 4, [1, 2, 30, 40, 0.9, 1]);
  expect(decode([tensor], 2)).toEqual({
    family: "yolo end-to-end",
    found: [{ x1: 1, y1: 2, x2: 30, y2: 40, score: expect.closeTo(0.9, 5), classIndex: 1 }],
  });
  const wrongClass = tensorOf(300, 6, 4, [1, 2, 30, 40, 0.9, 77]);
  expect(decode([wrongClass], 2).found).toEqual([]);
  const half = tensorOf(300, 6, 4, [1, 2, 30, 40, 0.9, 0.5]);
  expect(decode([half], 2).found).toEqual([]);
});

test("classes that do not count hide no other at the same place", () => {
  const tensor = tensorOf(PLACES, 7, PLACE, [40, 24, 10, 20, 0.9, 0.6, 0.1]);
  expect(decode([tensor], 3, 0.5, Uint8Array.of(0, 1, 1)).found).toMatchObject([{ classIndex: 1 }]);
});

test("a file that names no classes has COCO's, or one", () => {
  const layout = (channels: number): [string, number] => {
    const { family, classCount } = layoutOf({ input: INPUT, dims: [[1, channels, PLACES]] });
    return [family, classCount];
  };
  expect(layout(84)).toEqual(["yolo", 80]);
  expect(layout(85)).toEqual(["yolox", 80]);
  expect(layout(80 + 44)).toEqual(["nanodet", 80]);
  expect(layout(5)).toEqual(["yolo", 1]);
});

test.each([
  ["two axes", [[84, 84]]],
  ["a batch of two", [[2, 84, 84]]],
  ["places of no grid", [[1, 83, 84]]],
  ["seven outputs", Array.from({ length: 7 }, () => [1, 84, 84])],
  ["none", []],
])("refuses outputs with %s", (_what, dims) => {
  try {
    layoutOf({ input: INPUT, dims });
    expect.unreachable();
  } catch (error) {
    expect(isAppError(error, "detector.model_invalid")).toBe(true);
  }
});
