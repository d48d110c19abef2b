import { LUMA_HEIGHT, LUMA_WIDTH } from "../grid.ts";

/** Small repeatable chance (mulberry32), 0 ≤ value < 1. */
export function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface Block {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly luma: number;
}

export interface SceneOptions {
  /** Standard deviation of the sensor's noise in steps of luma. */
  readonly noise?: number;
  readonly seed?: number;
}

export interface Shot {
  readonly blocks?: readonly Block[];
  /** Added to every pixel. */
  readonly light?: number;
  /** Multiplies every pixel. */
  readonly gain?: number;
  /** Single bright pixels and short streaks. */
  readonly drops?: number;
}

/** A textured wall and floor before a fixed camera, drawn as often as asked, each time with fresh noise. */
export class Scene {
  readonly #still = new Float32Array(LUMA_WIDTH * LUMA_HEIGHT);
  /** Rounds and bounds what is put into it. */
  readonly #luma = new Uint8ClampedArray(LUMA_WIDTH * LUMA_HEIGHT);
  readonly #noise: Float32Array;
  readonly #next: () => number;

  constructor({ noise = 1.5, seed = 7 }: SceneOptions = {}) {
    this.#next = chance(seed);
    for (let y = 0; y < LUMA_HEIGHT; y++)
      for (let x = 0; x < LUMA_WIDTH; x++) {
        const floor = y > 90 ? 30 : 0;
        this.#still[y * LUMA_WIDTH + x] = 90 + floor + 20 * Math.sin(x / 9) * Math.cos(y / 13);
      }
    // A long reel of noise is read from another place for each picture: drawing it anew would take most of a test.
    this.#noise = Float32Array.from({ length: 2 * LUMA_WIDTH * LUMA_HEIGHT }, () => {
      const sum = this.#next() + this.#next() + this.#next() + this.#next() - 2;
      return sum * Math.sqrt(3) * noise;
    });
  }

  /** The same bytes each time. */
  shoot({ blocks = [], light = 0, gain = 1, drops = 0 }: Shot = {}): Uint8Array {
    const [luma, noise, still] = [this.#luma, this.#noise, this.#still];
    const reel = Math.floor(this.#next() * luma.length);
    const put = (at: number, value: number): void => {
      luma[at] = value * gain + light + (noise[reel + at] as number);
    };
    for (let at = 0; at < luma.length; at++) put(at, still[at] as number);
    for (const { x, y, width, height, luma: value } of blocks)
      for (let row = Math.max(0, Math.round(y)); row < Math.min(LUMA_HEIGHT, Math.round(y + height)); row++)
        for (
          let column = Math.max(0, Math.round(x));
          column < Math.min(LUMA_WIDTH, Math.round(x + width));
          column++
        )
          put(row * LUMA_WIDTH + column, value);
    for (let drop = 0; drop < drops; drop++) {
      const at = Math.floor(this.#next() * (luma.length - 3 * LUMA_WIDTH));
      for (let line = 0; line < 3; line++) put(at + line * LUMA_WIDTH, 200);
    }
    return new Uint8Array(luma.buffer);
  }
}
