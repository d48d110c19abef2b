import { clamp } from "./statistics.ts";

const MAX_SLOPE = 10;

/** Slope of one quantity on another through zero, by least squares with forgetting; leans on a first guess. */
export class Regression {
  readonly #guess: number;
  readonly #priorSquare: number;
  #sxx = 0;
  #sxy = 0;

  /** `priorSize`: the guess weighs as much as one observation of this size. */
  constructor(guess: number, priorSize: number) {
    this.#guess = guess;
    this.#priorSquare = priorSize ** 2;
  }

  get slope(): number {
    const { sxx, sxy } = {
      sxx: this.#sxx + this.#priorSquare,
      sxy: this.#sxy + this.#guess * this.#priorSquare,
    };
    return clamp(sxy / sxx, -MAX_SLOPE, MAX_SLOPE);
  }

  /** `window`: observations after which an old one counts for a third. An error beyond `maxError` counts as that. */
  learn(x: number, y: number, maxError: number, window: number): void {
    const expected = this.slope * x;
    const believed = expected + clamp(y - expected, -maxError, maxError);
    const keep = 1 - 1 / window;
    this.#sxx = this.#sxx * keep + x * x;
    this.#sxy = this.#sxy * keep + x * believed;
  }

  save(): readonly [sxx: number, sxy: number] {
    return [this.#sxx, this.#sxy];
  }

  restore([sxx, sxy]: readonly [number, number]): void {
    this.#sxx = sxx;
    this.#sxy = sxy;
  }
}
