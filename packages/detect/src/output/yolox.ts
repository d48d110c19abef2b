import type { Size } from "../detector.ts";
import type { Candidate, Tensor, Wanted } from "./candidate.ts";
import { cellsOf } from "./grid.ts";
import { type Order, Places } from "./places.ts";

export const YOLOX_STRIDES = [8, 16, 32];
/** Centre and logarithm of the size in strides, "something is here", then one score a class. */
const BOX_NUMBERS = 5;
const OBJECTNESS = 4;

/** YOLOX (github.com/Megvii-BaseDetection/YOLOX): 5 + classes numbers a place, relative to its cell. */
export function decodeYolox(tensor: Tensor, order: Order, input: Size, wanted: Wanted): Candidate[] {
  const places = new Places(tensor, order);
  const found: Candidate[] = [];
  for (const [i, { column, row, stride }] of cellsOf(input, YOLOX_STRIDES).entries()) {
    const objectness = places.at(i, OBJECTNESS);
    if (objectness < wanted.minScore) continue;
    const best = places.bestClass(i, BOX_NUMBERS, { ...wanted, minScore: wanted.minScore / objectness });
    if (best === undefined) continue;
    const [x, y] = [(places.at(i, 0) + column) * stride, (places.at(i, 1) + row) * stride];
    const halfWidth = (Math.exp(places.at(i, 2)) * stride) / 2;
    const halfHeight = (Math.exp(places.at(i, 3)) * stride) / 2;
    found.push({
      x1: x - halfWidth,
      y1: y - halfHeight,
      x2: x + halfWidth,
      y2: y + halfHeight,
      classIndex: best.classIndex,
      score: best.score * objectness,
    });
  }
  return found;
}
