import { chance, hash32 } from "./trace/noise.ts";

const SIZE = 1 << 17;
/** Of the prepared noise, in the numbers of a pixel. */
const SCALE = 16;

/** Near enough to normal, standard deviation one, each a little like the one before: sensors smooth what they see. */
const NOISE = Int8Array.from({ length: SIZE }, (_, i) => {
  const sum = chance(i, 1) + chance(i, 2) + chance(i + 1, 1) + chance(i + 1, 2) - 2;
  return Math.round(sum * 1.73 * SCALE);
});

/** The grain of a sensor, another one for every `seed`. */
export function addGrain(rgb: Uint8ClampedArray, width: number, seed: number, deviation: number): void {
  const rowBytes = width * 3;
  const gain = deviation / SCALE;
  for (let row = 0, at = 0; at < rgb.length; row++) {
    let from = hash32(seed + Math.imul(row, 0x9e3779b1)) & (SIZE - 1);
    for (const end = at + rowBytes; at < end; at += 3) {
      const noise = (NOISE[from] as number) * gain;
      from = (from + 1) & (SIZE - 1);
      rgb[at] = (rgb[at] as number) + noise;
      rgb[at + 1] = (rgb[at + 1] as number) + noise;
      rgb[at + 2] = (rgb[at + 2] as number) + noise;
    }
  }
}
