/** 32 bits that look like chance and are the same every time (finaliser of MurmurHash3). */
export function hash32(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** In [0, 1), of whole numbers. */
export const chance = (a: number, b = 0, c = 0): number =>
  hash32(Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca77) ^ Math.imul(c, 0xc2b2ae3d)) / 2 ** 32;

/** Smooth noise in [0, 1) with a grain of one unit. */
export function smoothNoise(x: number, y: number, seed = 0): number {
  const ix = Math.floor(x);
  const iy = Math.floor(y);
  const fx = x - ix;
  const fy = y - iy;
  const u = fx * fx * (3 - 2 * fx);
  const v = fy * fy * (3 - 2 * fy);
  const top = chance(ix, iy, seed) * (1 - u) + chance(ix + 1, iy, seed) * u;
  const bottom = chance(ix, iy + 1, seed) * (1 - u) + chance(ix + 1, iy + 1, seed) * u;
  return top * (1 - v) + bottom * v;
}

/** Noise of several grains, each half as large and half as strong as the one before; in [0, 1). */
export function cloudNoise(x: number, y: number, octaves: number, seed = 0): number {
  let sum = 0;
  let weight = 0.5;
  let total = 0;
  for (let i = 0, grain = 1; i < octaves; i++, grain *= 2, weight /= 2) {
    sum += weight * smoothNoise(x * grain, y * grain, seed + i);
    total += weight;
  }
  return sum / total;
}
