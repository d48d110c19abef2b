import { CELLS } from "./grid.ts";

/** What a sensitivity means. */
export interface Tuning {
  /** A pixel differs from the background beyond this many steps of luma, where the picture is quiet. */
  readonly luma: number;
  /** Something moves from this many cells on. */
  readonly cells: number;
}

/** Sensitivity → luma steps and share of the whole picture; between them geometrically. */
const POINTS = [
  { sensitivity: 1, luma: 40, share: 0.2 },
  { sensitivity: 50, luma: 14, share: 3 / CELLS },
  { sensitivity: 100, luma: 6, share: 1 / CELLS },
] as const;

/** @param sensitivity 1 sees what fills the picture, 100 every leaf; what lies outside is taken as the nearest. */
export function tuningOf(sensitivity: number): Tuning {
  const wanted = Math.min(100, Math.max(1, sensitivity));
  const [low, middle, high] = POINTS;
  const [from, to] = wanted <= middle.sensitivity ? [low, middle] : [middle, high];
  const way = (wanted - from.sensitivity) / (to.sensitivity - from.sensitivity);
  const between = (a: number, b: number): number => a * (b / a) ** way;
  return {
    luma: between(from.luma, to.luma),
    cells: Math.max(1, Math.round(between(from.share, to.share) * CELLS)),
  };
}
