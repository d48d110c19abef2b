import type { Shape } from "./trace/shapes.ts";
import type { Vec } from "./trace/vector.ts";

/** Somebody or something that moves, at one moment. */
export interface Figure {
  readonly kind: "person" | "car";
  readonly shapes: readonly Shape[];
  /** A ball around all of it, for a first look. */
  readonly centre: Vec;
  readonly radius: number;
}

/** Where a figure is in a picture, in pixels, as far as it is seen. */
export interface TrueBox {
  readonly kind: Figure["kind"];
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** How much of what is inside the picture nothing hides. */
  readonly visibleRatio: number;
}

export function figureOf(kind: Figure["kind"], shapes: readonly Shape[]): Figure {
  const low = [0, 1, 2].map((axis) => Math.min(...shapes.map(({ min }) => min[axis] as number)));
  const high = [0, 1, 2].map((axis) => Math.max(...shapes.map(({ max }) => max[axis] as number)));
  const centre = low.map((from, axis) => (from + (high[axis] as number)) / 2) as [number, number, number];
  const radius = Math.hypot(...low.map((from, axis) => (high[axis] as number) - from)) / 2;
  return { kind, shapes, centre, radius };
}
