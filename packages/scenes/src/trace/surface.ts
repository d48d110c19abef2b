import { chance, cloudNoise, smoothNoise } from "./noise.ts";
import type { Vec } from "./vector.ts";

/** How a texture changes the colour at a point of a face: a factor for each of red, green and blue, into `tone`. */
export type Texture = (a: number, b: number, tone: Float64Array) => void;

export interface Surface {
  /** Linear light, 0…1. */
  readonly colour: Vec;
  /** `a`, `b` are metres along the face: x and z of floors, x or z and height of walls. */
  readonly texture?: Texture;
  /** Light of its own, in the units of lamps. */
  readonly glow?: number;
  /** Strength of the highlight, 0…1, and of what a floor mirrors. */
  readonly gloss?: number;
}

/** A colour as designers write it, `#rrggbb`, in linear light (IEC 61966-2-1). */
export function colour(hex: string): Vec {
  const part = (at: number): number => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return [part(1), part(3), part(5)];
}

export const paint = (hex: string, gloss = 0): Surface => ({ colour: colour(hex), gloss });
export const lamp = (hex: string, glow: number): Surface => ({ colour: colour(hex), glow });
export const textured = (hex: string, texture: Texture, gloss = 0): Surface => ({
  colour: colour(hex),
  texture,
  gloss,
});

const same = (tone: Float64Array, factor: number): void => {
  tone[0] = factor;
  tone[1] = factor;
  tone[2] = factor;
};

const fraction = (value: number): number => value - Math.floor(value);

/** Poured slabs with joints, stains and fine grain. */
export const concrete =
  (slab: number, seed = 1): Texture =>
  (a, b, tone) => {
    const joint = Math.min(fraction(a / slab), fraction(b / slab)) * slab;
    const stains = cloudNoise(a * 0.7, b * 0.7, 4, seed);
    const grain = smoothNoise(a * 40, b * 40, seed + 9);
    same(tone, (0.72 + stains * 0.42 + grain * 0.14) * (joint < 0.018 ? 0.62 : 1));
  };

export const plaster =
  (seed = 2): Texture =>
  (a, b, tone) =>
    same(tone, 0.9 + cloudNoise(a * 0.6, b * 0.9, 4, seed) * 0.18 - Math.max(0, 0.35 - b) * 0.25);

export const asphalt =
  (seed = 3): Texture =>
  (a, b, tone) => {
    const crack = Math.abs(cloudNoise(a * 0.35, b * 0.35, 4, seed) - 0.5);
    const grain = smoothNoise(a * 28, b * 28, seed + 3) * 0.5 + smoothNoise(a * 90, b * 90, seed + 4) * 0.4;
    const oil = cloudNoise(a * 0.8 + 7, b * 0.8, 3, seed + 5);
    same(tone, (0.55 + grain * 0.6) * (crack < 0.006 ? 0.55 : 1) * (oil > 0.68 ? 0.75 : 1));
  };

/** Courses of 7.5 cm with bricks of 24 cm, each burnt a little differently. */
export const brick =
  (mortar: number, seed = 4): Texture =>
  (a, b, tone) => {
    const row = Math.floor(b / 0.085);
    const along = a / 0.25 + (row % 2) / 2;
    const seam = Math.min(fraction(b / 0.085) * 0.085, fraction(along) * 0.25);
    if (seam < 0.011) return same(tone, mortar);
    const shade = 0.7 + 0.6 * chance(Math.floor(along), row, seed);
    tone[0] = shade * (0.94 + 0.2 * smoothNoise(a * 30, b * 30, seed));
    tone[1] = shade * (0.9 + 0.2 * smoothNoise(a * 30, b * 30, seed));
    tone[2] = shade * 0.98;
  };

export const tiles =
  (side: number, seed = 5): Texture =>
  (a, b, tone) => {
    const seam = Math.min(fraction(a / side), fraction(b / side)) * side;
    const shade = 0.86 + 0.2 * chance(Math.floor(a / side), Math.floor(b / side), seed);
    same(tone, seam < 0.014 ? 0.55 : shade * (0.92 + 0.14 * cloudNoise(a * 3, b * 3, 3, seed)));
  };

/** Horizontal ribs of a rolling door. */
export const slats =
  (pitch: number): Texture =>
  (a, b, tone) => {
    const at = fraction(b / pitch);
    same(tone, (at < 0.12 ? 0.45 : 1.12 - 0.3 * at) * (0.94 + 0.1 * cloudNoise(a * 1.5, b * 4, 3, 6)));
  };

export const leaves =
  (grain: number, seed = 7): Texture =>
  (a, b, tone) => {
    const clump = cloudNoise(a * 0.9, b * 0.9, 3, seed);
    const leaf = cloudNoise(a * grain, b * grain, 3, seed + 1);
    const shade = 0.4 + clump * 0.6 + (leaf - 0.5) * 1.5;
    tone[0] = Math.max(0.12, shade * (0.85 + 0.5 * leaf));
    tone[1] = Math.max(0.14, shade);
    tone[2] = Math.max(0.1, shade * 0.9);
  };

export const metal =
  (seed = 8): Texture =>
  (a, b, tone) =>
    same(tone, 0.86 + 0.24 * cloudNoise(a * 1.2, b * 0.4, 4, seed));
