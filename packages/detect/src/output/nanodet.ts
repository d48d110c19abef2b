import type { Box, Size } from "../detector.ts";
import type { Candidate, Tensor, Wanted } from "./candidate.ts";
import { type Cell, cellsOf } from "./grid.ts";
import { logistic, logit, type Order, Places } from "./places.ts";

export const NANODET_STRIDES = [8, 16, 32];
export const NANODET_PLUS_STRIDES = [8, 16, 32, 64];

export interface NanodetShape {
  readonly strides: readonly number[];
  readonly classCount: number;
  /** Numbers for each of the four edges: how probable each distance is, in strides (Generalized Focal Loss). */
  readonly distances: number;
  /** Where in its cell a place lies: in the middle for NanoDet, in the corner for NanoDet-Plus. */
  readonly offset: number;
}

/** NanoDet and NanoDet-Plus (github.com/RangiLyu/nanodet): classes, then edges of a place in one row. */
export function decodeNanodet(
  tensor: Tensor,
  order: Order,
  input: Size,
  shape: NanodetShape,
  wanted: Wanted,
): Candidate[] {
  const places = new Places(tensor, order);
  return decodeGrid(
    { classes: places, edges: places, firstEdge: shape.classCount },
    cellsOf(input, shape.strides),
    shape,
    wanted,
  );
}

/** NanoDet with outputs of their own for each grid, finest first: classes of all grids, then edges of all. */
export function decodeNanodetGrids(
  outputs: readonly Tensor[],
  input: Size,
  shape: NanodetShape,
  wanted: Wanted,
): Candidate[] {
  return shape.strides.flatMap((stride, grid) => {
    const [classes, edges] = [grid, grid + shape.strides.length].map(
      (i) => new Places(outputs[i] as Tensor, "places first"),
    ) as [Places, Places];
    return decodeGrid({ classes, edges, firstEdge: 0 }, cellsOf(input, [stride]), shape, wanted);
  });
}

interface Grid {
  readonly classes: Places;
  readonly edges: Places;
  readonly firstEdge: number;
}

function decodeGrid(grid: Grid, cells: readonly Cell[], shape: NanodetShape, wanted: Wanted): Candidate[] {
  const asLogits = grid.classes.hasLogits(0, shape.classCount);
  const asked = asLogits ? { ...wanted, minScore: logit(wanted.minScore) } : wanted;
  const found: Candidate[] = [];
  for (const [i, cell] of cells.entries()) {
    const best = grid.classes.bestClass(i, 0, asked);
    if (best === undefined) continue;
    const score = asLogits ? logistic(best.score) : best.score;
    found.push({ ...boxOf(grid, i, cell, shape), classIndex: best.classIndex, score });
  }
  return found;
}

function boxOf(
  { edges, firstEdge }: Grid,
  place: number,
  { column, row, stride }: Cell,
  shape: NanodetShape,
): Box {
  const { offset, distances } = shape;
  const [x, y] = [(column + offset) * stride, (row + offset) * stride];
  const edge = (side: number): number =>
    expectedDistance(edges, place, firstEdge + side * distances, distances) * stride;
  return { x1: x - edge(0), y1: y - edge(1), x2: x + edge(2), y2: y + edge(3) };
}

/** Mean of 0 … count − 1 under the softmax of these numbers. */
function expectedDistance(edges: Places, place: number, first: number, count: number): number {
  let highest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < count; i++) highest = Math.max(highest, edges.at(place, first + i));
  let [sum, mean] = [0, 0];
  for (let i = 0; i < count; i++) {
    const weight = Math.exp(edges.at(place, first + i) - highest);
    sum += weight;
    mean += i * weight;
  }
  return mean / sum;
}
