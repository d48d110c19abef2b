import type { Figure, TrueBox } from "./figure.ts";
import { type Region, regionOfShape, union } from "./region.ts";
import { hit, meet } from "./trace/intersect.ts";
import type { Lens } from "./trace/lens.ts";
import { arrival, arrive } from "./trace/light.ts";
import type { Plate, Stage } from "./trace/plate.ts";
import type { Shape } from "./trace/shapes.ts";
import { expose, vignette } from "./trace/tone.ts";
import type { Vec } from "./trace/vector.ts";
import type { World } from "./trace/world.ts";

/** Light on a figure is worked out once for all of it. */
interface Beam {
  readonly from: Vec;
  readonly power: Vec;
}

const NOBODY = -1;
/** Four points of a pixel at an edge. */
const CORNERS = [
  [0.375, 0.125],
  [0.875, 0.375],
  [0.125, 0.625],
  [0.625, 0.875],
] as const;
/** Cloth is lit a little beyond where light would end on stone. */
const WRAP = 0.22;
const SHADOW_POINTS: readonly Vec[] = [
  [0, 0, 0],
  [0.7, 0, 0.7],
  [-0.7, 0.3, 0.7],
  [0, 0, -1],
];

/** Puts figures into pictures of one camera. */
export class FigurePainter {
  readonly #stage: Stage;
  readonly #plate: Plate;
  readonly #lens: Lens;
  readonly #world: World;
  /** Number of the shape that a pixel's middle shows, of the figure being painted. */
  readonly #owners: Int16Array;
  readonly #distances: Float32Array;
  readonly #pixel = new Uint8Array(3);
  readonly #sum = new Float64Array(4);

  constructor(stage: Stage, plate: Plate, lens: Lens, world: World) {
    this.#stage = stage;
    this.#plate = plate;
    this.#lens = lens;
    this.#world = world;
    this.#owners = new Int16Array(plate.width * plate.height).fill(NOBODY);
    this.#distances = new Float32Array(plate.width * plate.height);
  }

  /** Undefined when nothing of it is seen. */
  paint(rgb: Uint8ClampedArray, { kind, shapes, centre }: Figure): TrueBox | undefined {
    const regions = shapes.map((shape) => regionOfShape(shape, this.#lens));
    const whole = regions.reduce(union);
    for (const [i, shape] of shapes.entries()) this.#place(i, shape, regions[i] as Region);
    const beams = this.#beamsAt(centre);
    const { width } = this.#plate;
    let left = Infinity;
    let top = Infinity;
    let right = -Infinity;
    let bottom = -Infinity;
    let seen = 0;
    let inside = 0;
    for (let y = whole.top; y < whole.bottom; y++)
      for (let x = whole.left; x < whole.right; x++) {
        const at = y * width + x;
        if (this.#owners[at] !== NOBODY) inside++;
        if (!this.#isTouched(x, y, whole)) continue;
        if (!this.#pixelOf(x, y, shapes, regions, beams, rgb)) continue;
        if (this.#owners[at] === NOBODY) continue;
        seen++;
        left = Math.min(left, x);
        right = Math.max(right, x);
        top = Math.min(top, y);
        bottom = Math.max(bottom, y);
      }
    this.#clear(whole);
    if (seen === 0) return undefined;
    const box = { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
    return { kind, ...box, visibleRatio: Math.min(1, seen / inside) };
  }

  #place(index: number, shape: Shape, { left, top, right, bottom }: Region): void {
    const lens = this.#lens;
    const [ox, oy, oz] = lens.at;
    for (let y = top; y < bottom; y++)
      for (let x = left; x < right; x++) {
        lens.aim(x + 0.5, y + 0.5);
        const t = meet(shape, ox, oy, oz, lens.x, lens.y, lens.z);
        const at = y * this.#plate.width + x;
        if (t === Infinity || (this.#owners[at] !== NOBODY && t >= (this.#distances[at] as number))) continue;
        this.#owners[at] = index;
        this.#distances[at] = t;
      }
  }

  #clear({ left, top, right, bottom }: Region): void {
    for (let y = top; y < bottom; y++)
      this.#owners.fill(NOBODY, y * this.#plate.width + left, y * this.#plate.width + right);
  }

  #ownerAt(x: number, y: number, { left, top, right, bottom }: Region): number {
    if (x < left || y < top || x >= right || y >= bottom) return NOBODY;
    return this.#owners[y * this.#plate.width + x] as number;
  }

  /** It, or a pixel beside it, shows the figure. */
  #isTouched(x: number, y: number, whole: Region): boolean {
    return (
      this.#ownerAt(x, y, whole) !== NOBODY ||
      this.#ownerAt(x - 1, y, whole) !== NOBODY ||
      this.#ownerAt(x + 1, y, whole) !== NOBODY ||
      this.#ownerAt(x, y - 1, whole) !== NOBODY ||
      this.#ownerAt(x, y + 1, whole) !== NOBODY
    );
  }

  /** Within the figure the middle is looked at, at its edges four points. False where something stands before it. */
  #pixelOf(
    x: number,
    y: number,
    shapes: readonly Shape[],
    regions: readonly Region[],
    beams: readonly Beam[],
    rgb: Uint8ClampedArray,
  ): boolean {
    const { width } = this.#plate;
    const at = y * width + x;
    const owner = this.#owners[at] as number;
    const far = (this.#plate.distances[at] as number) + 0.02;
    const inner =
      owner !== NOBODY &&
      x > 0 &&
      this.#owners[at - 1] === owner &&
      this.#owners[at + 1] === owner &&
      this.#owners[at - width] === owner &&
      this.#owners[at + width] === owner;
    this.#sum.fill(0);
    if (inner) {
      if ((this.#distances[at] as number) > far) return false;
      this.#addShape(shapes[owner] as Shape, x + 0.5, y + 0.5, beams);
    } else
      for (const [u, v] of CORNERS) {
        const nearest = this.#nearestAt(x + u, y + v, x, y, shapes, regions, far);
        if (nearest !== NOBODY) this.#addShape(shapes[nearest] as Shape, x + u, y + v, beams);
      }
    const count = this.#sum[3] as number;
    if (count === 0) return false;
    this.#blend(x, y, count, inner ? 1 : count / CORNERS.length, rgb);
    return true;
  }

  #nearestAt(
    px: number,
    py: number,
    x: number,
    y: number,
    shapes: readonly Shape[],
    regions: readonly Region[],
    far: number,
  ): number {
    const lens = this.#lens;
    lens.aim(px, py);
    let nearest = NOBODY;
    let limit = far;
    for (const [i, shape] of shapes.entries()) {
      const { left, top, right, bottom } = regions[i] as Region;
      if (x < left || y < top || x >= right || y >= bottom) continue;
      const t = meet(shape, lens.at[0], lens.at[1], lens.at[2], lens.x, lens.y, lens.z);
      if (t >= limit) continue;
      limit = t;
      nearest = i;
    }
    return nearest;
  }

  #addShape(shape: Shape, px: number, py: number, beams: readonly Beam[]): void {
    const lens = this.#lens;
    lens.aim(px, py);
    const { surface } = shape;
    const t = meet(shape, lens.at[0], lens.at[1], lens.at[2], lens.x, lens.y, lens.z);
    if (t === Infinity) return;
    const { x, y, z } = hit;
    const sum = this.#sum;
    sum[3] = (sum[3] as number) + 1;
    const [cr, cg, cb] = surface.colour;
    if (surface.glow !== undefined) {
      for (const k of [0, 1, 2]) sum[k] = (sum[k] as number) + (surface.colour[k] as number) * surface.glow;
      return;
    }
    const { above, below } = this.#stage.ambient;
    const up = (0.5 + 0.5 * y) * 0.85;
    const down = (0.5 - 0.5 * y) * 0.6;
    let r = above[0] * up + below[0] * down;
    let g = above[1] * up + below[1] * down;
    let b = above[2] * up + below[2] * down;
    for (const { from, power } of beams) {
      const slope = x * from[0] + y * from[1] + z * from[2];
      const k = Math.max(0, (slope + WRAP) / (1 + WRAP));
      r += power[0] * k;
      g += power[1] * k;
      b += power[2] * k;
    }
    sum[0] = (sum[0] as number) + cr * r;
    sum[1] = (sum[1] as number) + cg * g;
    sum[2] = (sum[2] as number) + cb * b;
  }

  #blend(x: number, y: number, count: number, cover: number, rgb: Uint8ClampedArray): void {
    const { width, height } = this.#plate;
    const shade = vignette(x, y, width, height);
    const [r = 0, g = 0, b = 0] = this.#sum;
    expose(this.#stage.film, shade, r / count, g / count, b / count, this.#pixel, 0);
    const at = (y * width + x) * 3;
    for (const k of [0, 1, 2])
      rgb[at + k] = (rgb[at + k] as number) * (1 - cover) + (this.#pixel[k] as number) * cover;
  }

  /** What reaches the middle of a figure past everything that stands around. */
  #beamsAt(at: Vec): Beam[] {
    const beams: Beam[] = [];
    for (const light of this.#stage.lights) {
      arrive(light, at);
      const strength = arrival.strength;
      const from: Vec = [arrival.x, arrival.y, arrival.z];
      if (strength < 3e-3) continue;
      let open = 0;
      for (const [sx, sy, sz] of SHADOW_POINTS) {
        arrive(light, at, sx, sy, sz);
        const { x, y, z, distance } = arrival;
        if (!this.#world.isBlocked(at[0], at[1], at[2], x, y, z, distance - 0.1)) open++;
      }
      const k = (strength * open) / SHADOW_POINTS.length;
      if (k > 0) beams.push({ from, power: [light.power[0] * k, light.power[1] * k, light.power[2] * k] });
    }
    return beams;
  }
}
