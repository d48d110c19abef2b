import type { Lens } from "./trace/lens.ts";
import type { Shape } from "./trace/shapes.ts";
import type { Vec } from "./trace/vector.ts";

/** Pixels from `left`, `top` up to but without `right`, `bottom`. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

const NOWHERE: Region = { left: 0, top: 0, right: 0, bottom: 0 };
const isEmpty = ({ left, top, right, bottom }: Region): boolean => left >= right || top >= bottom;

/** The part of the picture that balls of one radius around points may touch. */
export function regionOf(points: readonly Vec[], radius: number, lens: Lens): Region {
  let left = Infinity;
  let top = Infinity;
  let right = -Infinity;
  let bottom = -Infinity;
  for (const point of points) {
    const seen = lens.project(point);
    if (seen === undefined) {
      if (lens.depthOf(point) < -radius) continue;
      // Beside the lens nothing can be said: look everywhere.
      return { left: 0, top: 0, right: lens.width, bottom: lens.height };
    }
    const r = radius * seen.perMetre * 1.12 + 1;
    left = Math.min(left, seen.x - r);
    top = Math.min(top, seen.y - r);
    right = Math.max(right, seen.x + r);
    bottom = Math.max(bottom, seen.y + r);
  }
  const region = {
    left: Math.max(0, Math.floor(left)),
    top: Math.max(0, Math.floor(top)),
    right: Math.min(lens.width, Math.ceil(right)),
    bottom: Math.min(lens.height, Math.ceil(bottom)),
  };
  return isEmpty(region) ? NOWHERE : region;
}

export function union(a: Region, b: Region): Region {
  if (isEmpty(a)) return b;
  if (isEmpty(b)) return a;
  return {
    left: Math.min(a.left, b.left),
    top: Math.min(a.top, b.top),
    right: Math.max(a.right, b.right),
    bottom: Math.max(a.bottom, b.bottom),
  };
}

const corners = ({ min, max }: Shape): Vec[] =>
  [0, 1, 2, 3, 4, 5, 6, 7].map((i) => [
    i & 1 ? max[0] : min[0],
    i & 2 ? max[1] : min[1],
    i & 4 ? max[2] : min[2],
  ]);

export function regionOfShape(shape: Shape, lens: Lens): Region {
  if (shape.kind === "block") return regionOf(corners(shape), 0, lens);
  if (shape.kind === "tube") return regionOf([shape.a, shape.b], shape.r, lens);
  return union(regionOf([shape.a], shape.ra, lens), regionOf([shape.b], shape.rb, lens));
}
