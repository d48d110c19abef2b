import { hit, meet } from "./intersect.ts";
import type { Shape } from "./shapes.ts";

/** What a ray met last: distance (Infinity for nothing), shape, outward normal, and the face of that shape. */
export const found = { t: Infinity, shape: -1, x: 0, y: 0, z: 0, face: 0 };

const LEAF_SHAPES = 2;
const MAX_DEPTH = 48;

/** Shapes that do not move, in a tree of boxes. A node: six bounds, then child nodes or a run of shapes. */
export class World {
  readonly shapes: readonly Shape[];
  readonly #bounds: Float64Array;
  /** Two a node: left child and right child, or -1 - first shape and how many. */
  readonly #links: Int32Array;
  readonly #order: number[];
  #nodes = 0;
  readonly #stack = new Int32Array(MAX_DEPTH);

  constructor(shapes: readonly Shape[]) {
    this.shapes = shapes;
    this.#order = shapes.map((_, i) => i);
    // A tree of n leaves has fewer than 2 n nodes.
    this.#bounds = new Float64Array(shapes.length * 12);
    this.#links = new Int32Array(shapes.length * 4);
    this.#split(0, shapes.length, 0);
  }

  /** The nearest meeting before `far`, into `found`. The direction has length one. */
  trace(ox: number, oy: number, oz: number, dx: number, dy: number, dz: number, far: number): void {
    found.t = Infinity;
    this.#walk(ox, oy, oz, dx, dy, dz, far, false);
  }

  /** The meeting with one shape, into `found`. */
  traceShape(index: number, ox: number, oy: number, oz: number, dx: number, dy: number, dz: number): void {
    found.t = meet(this.shapes[index] as Shape, ox, oy, oz, dx, dy, dz);
    this.#keep(index);
  }

  /** Whether anything lies between. Shapes that glow let light pass. */
  isBlocked(ox: number, oy: number, oz: number, dx: number, dy: number, dz: number, far: number): boolean {
    return this.#walk(ox, oy, oz, dx, dy, dz, far, true);
  }

  #walk(
    ox: number,
    oy: number,
    oz: number,
    dx: number,
    dy: number,
    dz: number,
    far: number,
    any: boolean,
  ): boolean {
    const bounds = this.#bounds;
    const links = this.#links;
    const stack = this.#stack;
    const ix = 1 / dx;
    const iy = 1 / dy;
    const iz = 1 / dz;
    let limit = far;
    let top = 0;
    stack[top++] = 0;
    while (top > 0) {
      const node = stack[--top] as number;
      const at = node * 6;
      const x0 = ((bounds[at] as number) - ox) * ix;
      const x1 = ((bounds[at + 3] as number) - ox) * ix;
      const y0 = ((bounds[at + 1] as number) - oy) * iy;
      const y1 = ((bounds[at + 4] as number) - oy) * iy;
      const z0 = ((bounds[at + 2] as number) - oz) * iz;
      const z1 = ((bounds[at + 5] as number) - oz) * iz;
      let enter = x0 < x1 ? x0 : x1;
      let leave = x0 < x1 ? x1 : x0;
      if (y0 < y1) {
        if (y0 > enter) enter = y0;
        if (y1 < leave) leave = y1;
      } else {
        if (y1 > enter) enter = y1;
        if (y0 < leave) leave = y0;
      }
      if (z0 < z1) {
        if (z0 > enter) enter = z0;
        if (z1 < leave) leave = z1;
      } else {
        if (z1 > enter) enter = z1;
        if (z0 < leave) leave = z0;
      }
      if (enter > leave || leave < 0 || enter > limit) continue;
      const link = links[node * 2] as number;
      const other = links[node * 2 + 1] as number;
      if (link >= 0) {
        stack[top++] = link;
        stack[top++] = other;
        continue;
      }
      for (let i = -1 - link, end = i + other; i < end; i++) {
        const index = this.#order[i] as number;
        const shape = this.shapes[index] as Shape;
        if (any && shape.surface.glow !== undefined) continue;
        const t = meet(shape, ox, oy, oz, dx, dy, dz);
        if (t >= limit) continue;
        if (any) return true;
        limit = t;
        found.t = t;
        this.#keep(index);
      }
    }
    return false;
  }

  #keep(index: number): void {
    found.shape = index;
    found.x = hit.x;
    found.y = hit.y;
    found.z = hit.z;
    found.face = hit.face;
  }

  #split(from: number, to: number, depth: number): number {
    const node = this.#nodes++;
    const low = [Infinity, Infinity, Infinity];
    const high = [-Infinity, -Infinity, -Infinity];
    for (const index of this.#order.slice(from, to))
      for (const axis of [0, 1, 2] as const) {
        const { min, max } = this.shapes[index] as Shape;
        low[axis] = Math.min(low[axis] as number, min[axis]);
        high[axis] = Math.max(high[axis] as number, max[axis]);
      }
    this.#bounds.set([...low, ...high], node * 6);
    if (to - from <= LEAF_SHAPES || depth >= MAX_DEPTH - 2) {
      this.#links[node * 2] = -1 - from;
      this.#links[node * 2 + 1] = to - from;
      return node;
    }
    const extent = ([0, 1, 2] as const).map((axis) => (high[axis] as number) - (low[axis] as number));
    const axis = extent.indexOf(Math.max(...extent)) as 0 | 1 | 2;
    const middle = (index: number): number =>
      (this.shapes[index] as Shape).min[axis] + (this.shapes[index] as Shape).max[axis];
    const sorted = this.#order.slice(from, to).sort((a, b) => middle(a) - middle(b));
    for (const [i, index] of sorted.entries()) this.#order[from + i] = index;
    const half = (from + to) >> 1;
    this.#links[node * 2] = this.#split(from, half, depth + 1);
    this.#links[node * 2 + 1] = this.#split(half, to, depth + 1);
    return node;
  }
}
