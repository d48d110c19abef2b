import { add, cross, dot, normalise, scale, sub, type Vec } from "./vector.ts";

/** Where a camera hangs and what it looks at. */
export interface View {
  readonly at: Vec;
  readonly towards: Vec;
  /** Of the picture's height, in degrees. */
  readonly fieldDegrees: number;
}

const NEAREST_METRES = 0.05;

/** Between points of the room and points of the picture. */
export class Lens {
  readonly at: Vec;
  readonly width: number;
  readonly height: number;
  readonly #right: Vec;
  readonly #up: Vec;
  readonly #ahead: Vec;
  /** Pixels for one metre at one metre's distance. */
  readonly #focal: number;
  /** Direction of the last `aim`. */
  x = 0;
  y = 0;
  z = 0;

  constructor({ at, towards, fieldDegrees }: View, width: number, height: number) {
    this.at = at;
    this.width = width;
    this.height = height;
    this.#ahead = normalise(sub(towards, at));
    this.#right = normalise(cross(this.#ahead, [0, 1, 0]));
    this.#up = cross(this.#right, this.#ahead);
    this.#focal = height / 2 / Math.tan((fieldDegrees * Math.PI) / 360);
  }

  /** The direction of a point of the picture (pixels, 0 left or top), of length one, into x, y and z. */
  aim(px: number, py: number): void {
    const u = (px - this.width / 2) / this.#focal;
    const v = (this.height / 2 - py) / this.#focal;
    const k = 1 / Math.sqrt(1 + u * u + v * v);
    this.x = (this.#ahead[0] + this.#right[0] * u + this.#up[0] * v) * k;
    this.y = (this.#ahead[1] + this.#right[1] * u + this.#up[1] * v) * k;
    this.z = (this.#ahead[2] + this.#right[2] * u + this.#up[2] * v) * k;
  }

  /** Pixels, and pixels for one metre there; undefined behind the camera. */
  project(point: Vec): { x: number; y: number; perMetre: number } | undefined {
    const d = sub(point, this.at);
    const depth = dot(d, this.#ahead);
    if (depth < NEAREST_METRES) return undefined;
    const perMetre = this.#focal / depth;
    return {
      x: this.width / 2 + dot(d, this.#right) * perMetre,
      y: this.height / 2 - dot(d, this.#up) * perMetre,
      perMetre,
    };
  }

  /** Metres before the lens; negative behind it. */
  depthOf(point: Vec): number {
    return dot(sub(point, this.at), this.#ahead);
  }

  /** The point of the room at a distance along the direction of the last `aim`. */
  point(distance: number): Vec {
    return add(this.at, scale([this.x, this.y, this.z], distance));
  }
}
