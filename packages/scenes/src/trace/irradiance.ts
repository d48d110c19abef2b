import { arrival, arrive, type Light } from "./light.ts";
import { chance } from "./noise.ts";
import type { Vec } from "./vector.ts";
import type { World } from "./world.ts";

/** Light without a source of its own: from above, and what the floor throws back. */
export interface Ambient {
  readonly above: Vec;
  readonly below: Vec;
}

const AMBIENT_RAYS = 6;
const SHADOW_RAYS = 3;
/** Things nearer than this take ambient light away. */
const REACH_METRES = 1.9;
/** Rays start so far off their surface, or they would meet it. */
const LIFT = 2e-3;
const GOLDEN = 0.6180339887;
const TURN = 2 * Math.PI;

/** How brightly a point of a surface is lit, as a sum and by each lamp. */
export class Irradiance {
  readonly #world: World;
  readonly #lights: readonly Light[];
  readonly #ambient: Ambient;
  /** Of the last `at`. */
  r = 0;
  g = 0;
  b = 0;
  /** Brightness that came from each light. */
  readonly byLight: Float64Array;

  constructor(world: World, lights: readonly Light[], ambient: Ambient) {
    this.#world = world;
    this.#lights = lights;
    this.#ambient = ambient;
    this.byLight = new Float64Array(lights.length);
  }

  /** `seed` differs from pixel to pixel, so that what few rays miss becomes grain and no bands. */
  at(point: Vec, normal: Vec, seed: number): void {
    const start: Vec = [
      point[0] + normal[0] * LIFT,
      point[1] + normal[1] * LIFT,
      point[2] + normal[2] * LIFT,
    ];
    const open = this.#openness(start, normal, seed);
    const up = (0.5 + 0.5 * normal[1]) * open;
    const down = (0.5 - 0.5 * normal[1]) * open;
    const { above, below } = this.#ambient;
    this.r = above[0] * up + below[0] * down;
    this.g = above[1] * up + below[1] * down;
    this.b = above[2] * up + below[2] * down;
    for (const [i, light] of this.#lights.entries()) {
      const k = this.#fromLight(light, start, normal, seed + i * 31);
      this.byLight[i] = k * brightness(light.power);
      this.r += light.power[0] * k;
      this.g += light.power[1] * k;
      this.b += light.power[2] * k;
    }
  }

  /** The share of the half-space above a point that nothing near stands in; never nought, as walls shine back. */
  #openness(start: Vec, [nx, ny, nz]: Vec, seed: number): number {
    // An orthonormal basis around the normal (Duff et al., "Building an orthonormal basis, revisited").
    const sign = nz >= 0 ? 1 : -1;
    const a = -1 / (sign + nz);
    const b = nx * ny * a;
    let open = 0;
    const turned = chance(seed, 1);
    const lifted = chance(seed, 2);
    for (let i = 0; i < AMBIENT_RAYS; i++) {
      const u = (i + lifted) / AMBIENT_RAYS;
      const angle = TURN * (i * GOLDEN + turned);
      const flat = Math.sqrt(u);
      const x = flat * Math.cos(angle);
      const y = flat * Math.sin(angle);
      const z = Math.sqrt(1 - u);
      const dx = x * (1 + sign * nx * nx * a) + y * b + z * nx;
      const dy = x * sign * b + y * (sign + ny * ny * a) + z * ny;
      const dz = x * -sign * nx - y * ny + z * nz;
      const far = 0.12 + REACH_METRES * ((i * 0.381 + turned) % 1);
      if (!this.#world.isBlocked(start[0], start[1], start[2], dx, dy, dz, far)) open++;
    }
    return 0.16 + (0.84 * open) / AMBIENT_RAYS;
  }

  #fromLight(light: Light, start: Vec, normal: Vec, seed: number): number {
    arrive(light, start);
    const slope = normal[0] * arrival.x + normal[1] * arrival.y + normal[2] * arrival.z;
    const strength = arrival.strength * Math.max(0, slope);
    if (strength < 3e-3) return 0;
    let seen = 0;
    const turned = chance(seed, 3);
    for (let i = 0; i < SHADOW_RAYS; i++) {
      const angle = TURN * (i * GOLDEN + turned);
      const away = Math.sqrt((i + chance(seed, 4)) / SHADOW_RAYS);
      arrive(light, start, away * Math.cos(angle), (turned - 0.5) * away, away * Math.sin(angle));
      const { x, y, z, distance } = arrival;
      if (!this.#world.isBlocked(start[0], start[1], start[2], x, y, z, distance - 0.05)) seen++;
    }
    return (strength * seen) / SHADOW_RAYS;
  }
}

export const brightness = (power: Vec): number => power[0] * 0.3 + power[1] * 0.55 + power[2] * 0.15;
