import type { Candidate, Tensor, Wanted } from "./candidate.ts";
import { type Order, Places } from "./places.ts";

/** Centre, width and height in pixels, then one score a class; no score of its own for "something is here". */
const BOX_NUMBERS = 4;

/** YOLOv8, YOLO11 and their kin (docs.ultralytics.com/modes/export): 4 + classes numbers a place. */
export function decodeYolo(tensor: Tensor, order: Order, wanted: Wanted): Candidate[] {
  const places = new Places(tensor, order);
  const found: Candidate[] = [];
  for (let i = 0; i < places.count; i++) {
    const best = places.bestClass(i, BOX_NUMBERS, wanted);
    if (best === undefined) continue;
    const [x, y] = [places.at(i, 0), places.at(i, 1)];
    const [halfWidth, halfHeight] = [places.at(i, 2) / 2, places.at(i, 3) / 2];
    found.push({ x1: x - halfWidth, y1: y - halfHeight, x2: x + halfWidth, y2: y + halfHeight, ...best });
  }
  return found;
}

/** Models that sort out doubles themselves: edges in pixels, score and class of each thing, the rest zeros. */
export function decodeEndToEnd(tensor: Tensor, { minScore, classes }: Wanted): Candidate[] {
  const places = new Places(tensor, "places first");
  const found: Candidate[] = [];
  for (let i = 0; i < places.count; i++) {
    const [score, classIndex] = [places.at(i, 4), places.at(i, 5)];
    if (score < minScore || classes[classIndex] !== 1) continue;
    const [x1, y1, x2, y2] = [places.at(i, 0), places.at(i, 1), places.at(i, 2), places.at(i, 3)];
    found.push({ x1, y1, x2, y2, score, classIndex });
  }
  return found;
}
