import type { Surface } from "./surface.ts";
import { add, cross, dot, length, normalise, sub, turn, type Vec } from "./vector.ts";

/** The body that lies behind all of its planes: boxes, wedges, cabins. */
export interface Block {
  readonly kind: "block";
  /** Four numbers a plane: outward normal, distance from the origin. */
  readonly planes: Float64Array;
}
/** Two balls and the skin around them; one ball when both ends are the same. */
export interface Limb {
  readonly kind: "limb";
  readonly a: Vec;
  readonly b: Vec;
  readonly ra: number;
  readonly rb: number;
}
export interface Tube {
  readonly kind: "tube";
  readonly a: Vec;
  readonly b: Vec;
  readonly r: number;
}

export type Shape = (Block | Limb | Tube) & {
  readonly surface: Surface;
  readonly min: Vec;
  readonly max: Vec;
};

/** Convex body with these corners on the outside and planes through the given faces (corner numbers). */
function block(corners: readonly Vec[], faces: readonly (readonly number[])[], surface: Surface): Shape {
  const at = (i: number): Vec => corners[i] as Vec;
  const centre = corners.reduce(add);
  const middle: Vec = [centre[0] / corners.length, centre[1] / corners.length, centre[2] / corners.length];
  const planes = new Float64Array(faces.length * 4);
  for (const [i, [a = 0, b = 0, c = 0]] of faces.entries()) {
    let normal = normalise(cross(sub(at(b), at(a)), sub(at(c), at(a))));
    if (dot(normal, sub(middle, at(a))) > 0) normal = [-normal[0], -normal[1], -normal[2]];
    planes.set([...normal, dot(normal, at(a))], i * 4);
  }
  return { kind: "block", planes, surface, ...boundsOf(corners, 0) };
}

function boundsOf(points: readonly Vec[], radius: number): { min: Vec; max: Vec } {
  const of = (axis: 0 | 1 | 2, pick: (...values: number[]) => number) =>
    pick(...points.map((point) => point[axis]));
  return {
    min: [of(0, Math.min) - radius, of(1, Math.min) - radius, of(2, Math.min) - radius],
    max: [of(0, Math.max) + radius, of(1, Math.max) + radius, of(2, Math.max) + radius],
  };
}

const BOX_FACES = [
  [0, 1, 2],
  [4, 5, 6],
  [0, 1, 4],
  [2, 3, 6],
  [0, 2, 4],
  [1, 3, 5],
];

/** A box by its middle and its whole width, height and depth. */
export function box(middle: Vec, size: Vec, surface: Surface, yaw = 0): Shape {
  const corners = [0, 1, 2, 3, 4, 5, 6, 7].map((i) =>
    add(
      middle,
      turn(
        [(i & 1 ? 0.5 : -0.5) * size[0], (i & 2 ? 0.5 : -0.5) * size[1], (i & 4 ? 0.5 : -0.5) * size[2]],
        yaw,
      ),
    ),
  );
  return block(corners, BOX_FACES, surface);
}

/**
 * A convex outline (z, y) pulled to a width along x, narrower at the top by `taper` on each side; placed and turned as
 * a whole. What bodies of cars are made of.
 */
export function hull(
  outline: readonly (readonly [z: number, y: number])[],
  width: number,
  taper: number,
  surface: Surface,
  place: { at: Vec; yaw: number },
): Shape {
  const low = Math.min(...outline.map(([, y]) => y));
  const high = Math.max(...outline.map(([, y]) => y));
  const half = (y: number): number => width / 2 - (taper * (y - low)) / (high - low);
  const corners = [-1, 1].flatMap((side) =>
    outline.map(([z, y]): Vec => add(place.at, turn([side * half(y), y, z], place.yaw))),
  );
  const n = outline.length;
  const rims = outline.map((_, i) => [i, (i + 1) % n, n + i]);
  return block(corners, [[0, 1, 2], [n, n + 1, n + 2], ...rims], surface);
}

export function limb(a: Vec, b: Vec, ra: number, rb: number, surface: Surface): Shape {
  return { kind: "limb", a, b, ra, rb, surface, ...boundsOf([a, b], Math.max(ra, rb)) };
}

export const ball = (at: Vec, r: number, surface: Surface): Shape => limb(at, at, r, r, surface);

export function tube(a: Vec, b: Vec, r: number, surface: Surface): Shape {
  if (length(sub(b, a)) === 0) throw new Error("a tube needs a length");
  return { kind: "tube", a, b, r, surface, ...boundsOf([a, b], r) };
}
