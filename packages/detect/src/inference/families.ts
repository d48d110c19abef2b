import type { Family } from "../output/layout.ts";
import type { Preparation } from "../picture/letterbox.ts";

interface FamilyTraits {
  readonly preparation: Preparation;
  /** Of boxes that cover each other more than that one stays, 0…1; 1 where the model sorts out doubles itself. */
  readonly maxOverlap: number;
}

const YOLO: Preparation = {
  order: "rgb",
  mean: [0, 0, 0],
  deviation: [255, 255, 255],
  padding: 114,
  place: "middle",
};

/** Raw values, blue first: since its version 0.1.1. */
const YOLOX: Preparation = {
  order: "bgr",
  mean: [0, 0, 0],
  deviation: [1, 1, 1],
  padding: 114,
  place: "top left",
};

/** Means and deviations of ImageNet, blue first. */
const NANODET: Preparation = {
  order: "bgr",
  mean: [103.53, 116.28, 123.675],
  deviation: [57.375, 57.12, 58.395],
  padding: 0,
  place: "middle",
};

/** How each family was trained, and what its authors sort out doubles with. */
export const FAMILY_TRAITS: Readonly<Record<Family, FamilyTraits>> = {
  yolo: { preparation: YOLO, maxOverlap: 0.7 },
  "yolo end-to-end": { preparation: YOLO, maxOverlap: 1 },
  yolox: { preparation: YOLOX, maxOverlap: 0.65 },
  nanodet: { preparation: NANODET, maxOverlap: 0.6 },
  "nanodet-plus": { preparation: NANODET, maxOverlap: 0.6 },
};
