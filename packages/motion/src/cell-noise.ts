import { CELLS } from "./grid.ts";

/** Of one cell that is as quiet as a camera gets, in steps of luma. */
const QUIET = 1;
/** A pixel counts from this many times its cell's noise on. */
const NOISE_FACTOR = 3;
/** However much a cell flickers, a person before it is still seen. */
const MOST_FACTOR = 3;
const LEAST_CEILING = 30;

/** A cell that moves teaches slowly: leaves in the wind are noise after minutes, a visitor is not. */
const MOVING_TIME_MS = 120_000;
const STILL_TIME_MS = 10_000;
const LEARNING_TIME_MS = 500;

/** How much each cell changes from picture to picture by itself, and what a pixel in it must differ to count. */
export class CellNoise {
  readonly #noise = new Float32Array(CELLS).fill(QUIET);

  /** Steps of luma from which on a pixel of this cell differs; `base` where it is quiet. */
  threshold(cell: number, base: number): number {
    const own = (this.#noise[cell] as number) * NOISE_FACTOR;
    return Math.min(Math.max(base, own), Math.max(base * MOST_FACTOR, LEAST_CEILING));
  }

  /**
   * @param deviation mean absolute difference from the recent picture, after what the whole picture changed
   * @param share by which it is believed, 0…1
   */
  learn(cell: number, deviation: number, share: number): void {
    const known = this.#noise[cell] as number;
    this.#noise[cell] = known + (deviation - known) * share;
  }
}

/** Share by which a cell's noise follows what is seen, for a time since the look before. */
export interface NoiseRates {
  readonly moving: number;
  readonly still: number;
  readonly learning: number;
}

export const noiseRates = (sinceMs: number): NoiseRates => ({
  moving: shareAfter(sinceMs, MOVING_TIME_MS),
  still: shareAfter(sinceMs, STILL_TIME_MS),
  learning: shareAfter(sinceMs, LEARNING_TIME_MS),
});

/** How much of a difference a running average takes over in a time, by its time constant. */
export const shareAfter = (sinceMs: number, constantMs: number): number =>
  1 - Math.exp(-sinceMs / constantMs);
