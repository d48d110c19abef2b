import { type Ambient, brightness, Irradiance } from "./irradiance.ts";
import type { Lens } from "./lens.ts";
import { arrival, arrive, type Light } from "./light.ts";
import { chance } from "./noise.ts";
import type { Shape } from "./shapes.ts";
import { expose, type Film, vignette } from "./tone.ts";
import type { Vec } from "./vector.ts";
import { found, type World } from "./world.ts";

/** A place without anybody in it. */
export interface Stage {
  readonly shapes: readonly Shape[];
  readonly lights: readonly Light[];
  readonly ambient: Ambient;
  readonly film: Film;
  /** Behind everything: at the horizon and overhead. */
  readonly backdrop: { readonly horizon: Vec; readonly zenith: Vec };
  /** What lies between `fromMetres` and `toMetres` fades into the horizon. */
  readonly haze?: { readonly fromMetres: number; readonly toMetres: number };
}

/** What a camera sees while nobody is there, and what is needed to put somebody in. */
export interface Plate {
  readonly width: number;
  readonly height: number;
  /** Three bytes a pixel. */
  readonly rgb: Uint8Array;
  /** Metres from the lens along each pixel's ray; Infinity for the sky. */
  readonly distances: Float32Array;
  /** For each light, the share of a pixel's brightness that goes when somebody stands in its way, 0…255. */
  readonly shares: readonly Uint8Array[];
}

const SKY = -1;
/** A face of a single pixel whose light was not gathered: it is when the pixel is coloured. */
const UNLIT = -2;
/** Light changes slowly: one pixel of four gathers it. */
const LIT_EVERY = 2;
const isLit = (x: number, y: number): boolean => x % LIT_EVERY === 0 && y % LIT_EVERY === 0;
const firstLit = (at: number): number => Math.ceil(Math.max(0, at - SMOOTH_PIXELS) / LIT_EVERY) * LIT_EVERY;
/** Places within a pixel that are looked at: a turned square, so that no edge meets two at once. */
const SAMPLES = [
  [0.375, 0.125],
  [0.875, 0.375],
  [0.125, 0.625],
  [0.625, 0.875],
] as const;
const SMOOTH_PIXELS = 4;

/**
 * Draws the place: light first and smoothed, then colours at four points a pixel. A few seconds of work, which pauses
 * after each row so that something else can go on beside it.
 */
export function drawPlate(stage: Stage, world: World, lens: Lens): Generator<undefined, Plate> {
  return new PlateMaker(stage, world, lens).draw();
}

class PlateMaker {
  readonly #stage: Stage;
  readonly #lens: Lens;
  readonly #world: World;
  readonly #irradiance: Irradiance;
  readonly #tone = new Float64Array(3);
  /** Shape and face of each pixel's middle, or SKY. */
  readonly #ids: Int32Array;
  readonly #distances: Float32Array;
  /** Red, green, blue, then the brightness of each light. */
  readonly #light: Float32Array;
  readonly #channels: number;

  constructor(stage: Stage, world: World, lens: Lens) {
    const pixels = lens.width * lens.height;
    this.#stage = stage;
    this.#lens = lens;
    this.#world = world;
    this.#irradiance = new Irradiance(this.#world, stage.lights, stage.ambient);
    this.#channels = 3 + stage.lights.length;
    this.#ids = new Int32Array(pixels).fill(SKY);
    this.#distances = new Float32Array(pixels).fill(Infinity);
    this.#light = new Float32Array(pixels * this.#channels);
  }

  *draw(): Generator<undefined, Plate> {
    const { width, height } = this.#lens;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) this.#gather(x, y);
      yield;
    }
    const light = this.#smoothed();
    const rgb = new Uint8Array(width * height * 3);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) this.#colour(x, y, light, rgb);
      yield;
    }
    return { width, height, rgb, distances: this.#distances, shares: this.#shares(light) };
  }

  #look(px: number, py: number): void {
    const lens = this.#lens;
    lens.aim(px, py);
    this.#world.trace(lens.at[0], lens.at[1], lens.at[2], lens.x, lens.y, lens.z, Infinity);
  }

  /** Where nothing but this face, or the sky, can be seen. */
  #lookAt(id: number, px: number, py: number): void {
    const lens = this.#lens;
    lens.aim(px, py);
    if (id === SKY) found.t = Infinity;
    else this.#world.traceShape(id >> 4, lens.at[0], lens.at[1], lens.at[2], lens.x, lens.y, lens.z);
  }

  #isInner(x: number, y: number, id: number): boolean {
    const { width, height } = this.#lens;
    if (id === UNLIT || x === 0 || y === 0 || x === width - 1 || y === height - 1) return false;
    return AROUND.every(([u, v]) => this.#ids[(y + v) * width + x + u] === id);
  }

  #gather(x: number, y: number): void {
    this.#look(x + 0.5, y + 0.5);
    if (found.t === Infinity) return;
    const at = y * this.#lens.width + x;
    this.#ids[at] = found.shape * 16 + found.face;
    this.#distances[at] = found.t;
    if (!isLit(x, y)) return;
    this.#irradiance.at(this.#lens.point(found.t), [found.x, found.y, found.z], at);
    this.#light.set(
      [this.#irradiance.r, this.#irradiance.g, this.#irradiance.b, ...this.#irradiance.byLight],
      at * this.#channels,
    );
  }

  /** Few rays leave grain; neighbours on the same face share theirs. */
  #smoothed(): Float32Array {
    const { width, height } = this.#lens;
    const n = this.#channels;
    const smooth = new Float32Array(this.#light.length);
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const at = y * width + x;
        const id = this.#ids[at];
        if (id === SKY) continue;
        let count = 0;
        for (let v = firstLit(y); v <= Math.min(height - 1, y + SMOOTH_PIXELS); v += LIT_EVERY)
          for (let u = firstLit(x); u <= Math.min(width - 1, x + SMOOTH_PIXELS); u += LIT_EVERY) {
            const from = v * width + u;
            if (this.#ids[from] !== id) continue;
            count++;
            for (let k = 0; k < n; k++)
              smooth[at * n + k] = (smooth[at * n + k] as number) + (this.#light[from * n + k] as number);
          }
        if (count === 0) this.#ids[at] = UNLIT;
        else for (let k = 0; k < n; k++) smooth[at * n + k] = (smooth[at * n + k] as number) / count;
      }
    return smooth;
  }

  #colour(x: number, y: number, light: Float32Array, rgb: Uint8Array): void {
    const { width, height } = this.#lens;
    let r = 0;
    let g = 0;
    let b = 0;
    const id = this.#ids[y * width + x] as number;
    const inner = this.#isInner(x, y, id);
    for (const [sx, sy] of SAMPLES) {
      if (inner) this.#lookAt(id, x + sx, y + sy);
      else this.#look(x + sx, y + sy);
      const [sr, sg, sb] = this.#sample(x, y, light);
      // Bright lamps must not eat their edges.
      r += Math.min(sr, 6) / SAMPLES.length;
      g += Math.min(sg, 6) / SAMPLES.length;
      b += Math.min(sb, 6) / SAMPLES.length;
    }
    expose(this.#stage.film, vignette(x, y, width, height), r, g, b, rgb, (y * width + x) * 3);
  }

  /** What the ray that was just looked along brings. */
  #sample(x: number, y: number, light: Float32Array): Vec {
    const lens = this.#lens;
    if (found.t === Infinity) return this.#sky(lens.y);
    const distance = found.t;
    const point = lens.point(distance);
    const normal: Vec = [found.x, found.y, found.z];
    const { surface } = this.#world.shapes[found.shape] as Shape;
    const [cr, cg, cb] = this.#coloured(surface, point, normal);
    if (surface.glow !== undefined) return [cr * surface.glow, cg * surface.glow, cb * surface.glow];
    const at = this.#litAt(x, y, found.shape * 16 + found.face, light, point, normal);
    const lit: Vec =
      at < 0
        ? [this.#irradiance.r, this.#irradiance.g, this.#irradiance.b]
        : [light[at] as number, light[at + 1] as number, light[at + 2] as number];
    const shine = surface.gloss ? this.#shine(surface.gloss, point, normal, x * 7 + y * 13) : NONE;
    return this.#hazed([cr * lit[0] + shine[0], cg * lit[1] + shine[1], cb * lit[2] + shine[2]], distance);
  }

  /** Where smoothed light of this face lies near; -1 when it was gathered anew for a face no pixel's middle shows. */
  #litAt(x: number, y: number, id: number, light: Float32Array, point: Vec, normal: Vec): number {
    const { width, height } = this.#lens;
    for (const [u, v] of AROUND) {
      const px = x + u;
      const py = y + v;
      if (px < 0 || py < 0 || px >= width || py >= height) continue;
      if (this.#ids[py * width + px] === id) return (py * width + px) * (light.length / (width * height));
    }
    this.#irradiance.at(point, normal, x * 31 + y);
    return -1;
  }

  #coloured(surface: Shape["surface"], point: Vec, [nx, ny, nz]: Vec): Vec {
    const { colour, texture } = surface;
    if (texture === undefined) return colour;
    if (Math.abs(ny) > 0.7) texture(point[0], point[2], this.#tone);
    else texture(Math.abs(nx) > Math.abs(nz) ? point[2] : point[0], point[1], this.#tone);
    const [r = 1, g = 1, b = 1] = this.#tone;
    return [colour[0] * r, colour[1] * g, colour[2] * b];
  }

  /** Highlights of the lamps, and on floors what stands behind. */
  #shine(gloss: number, point: Vec, normal: Vec, seed: number): Vec {
    const { x, y, z } = this.#lens;
    const slope = 2 * (x * normal[0] + y * normal[1] + z * normal[2]);
    const rough = 0.012;
    const away: Vec = [
      x - slope * normal[0] + rough * (chance(seed, 1) - 0.5),
      y - slope * normal[1],
      z - slope * normal[2] + rough * (chance(seed, 2) - 0.5),
    ];
    const fresnel = gloss * (0.05 + 0.95 * (1 - Math.min(1, Math.abs(slope) / 2)) ** 5);
    const start: Vec = [
      point[0] + normal[0] * 2e-3,
      point[1] + normal[1] * 2e-3,
      point[2] + normal[2] * 2e-3,
    ];
    this.#world.trace(...start, ...away, 60);
    if (found.t === Infinity) {
      const [r, g, b] = this.#sky(away[1]);
      return [r * fresnel, g * fresnel, b * fresnel];
    }
    const { surface } = this.#world.shapes[found.shape] as Shape;
    const there: Vec = [
      start[0] + away[0] * found.t,
      start[1] + away[1] * found.t,
      start[2] + away[2] * found.t,
    ];
    const seen: Vec = [found.x, found.y, found.z];
    const [r, g, b] = this.#coloured(surface, there, seen);
    const lit = surface.glow === undefined ? this.#roughly(there, seen) : surface.glow * 1.5;
    return [r * lit * fresnel, g * lit * fresnel, b * lit * fresnel];
  }

  /** Brightness without shadows: enough for what is seen in a mirror. */
  #roughly(point: Vec, normal: Vec): number {
    let sum = (brightness(this.#stage.ambient.above) + brightness(this.#stage.ambient.below)) / 2;
    for (const light of this.#stage.lights) {
      arrive(light, point);
      const slope = normal[0] * arrival.x + normal[1] * arrival.y + normal[2] * arrival.z;
      sum += arrival.strength * Math.max(0, slope) * brightness(light.power);
    }
    return sum;
  }

  #sky(lift: number): Vec {
    const { horizon, zenith } = this.#stage.backdrop;
    const k = Math.min(1, Math.max(0, lift * 2));
    return mixed(horizon, zenith, k);
  }

  #hazed(light: Vec, distance: number): Vec {
    const haze = this.#stage.haze;
    if (haze === undefined || distance <= haze.fromMetres) return light;
    const k = Math.min(1, (distance - haze.fromMetres) / (haze.toMetres - haze.fromMetres));
    return mixed(light, this.#stage.backdrop.horizon, k);
  }

  #shares(light: Float32Array): Uint8Array[] {
    const n = this.#channels;
    return this.#stage.lights.map((_, i) =>
      Uint8Array.from({ length: this.#ids.length }, (_, at) => {
        const sum = brightness([
          light[at * n] as number,
          light[at * n + 1] as number,
          light[at * n + 2] as number,
        ]);
        return sum === 0 ? 0 : Math.min(255, (255 * (light[at * n + 3 + i] as number)) / sum);
      }),
    );
  }
}

const NONE: Vec = [0, 0, 0];
const AROUND = [
  [0, 0],
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
  [1, 1],
  [-1, 1],
  [1, -1],
  [-1, -1],
] as const;

const mixed = (a: Vec, b: Vec, k: number): Vec => [
  a[0] + (b[0] - a[0]) * k,
  a[1] + (b[1] - a[1]) * k,
  a[2] + (b[2] - a[2]) * k,
];
