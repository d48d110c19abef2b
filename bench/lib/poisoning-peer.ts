// What one would build in an afternoon: learn a week, then three standard deviations, an hour in a row.
const LEARN_READINGS = 7 * 288;
const IN_A_ROW = 12;

/** One metric of one device. */
export class ThreeSigma {
  #count = 0;
  #mean = 0;
  #sumSquares = 0;
  #outside = 0;

  /** True when the device should be quarantined. */
  add(value: number): boolean {
    if (this.#count < LEARN_READINGS) {
      this.#count++;
      const before = value - this.#mean;
      this.#mean += before / this.#count;
      this.#sumSquares += before * (value - this.#mean);
      return false;
    }
    const sigma = Math.sqrt(this.#sumSquares / this.#count);
    this.#outside = Math.abs(value - this.#mean) > 3 * sigma ? this.#outside + 1 : 0;
    return this.#outside >= IN_A_ROW;
  }

  reset(): void {
    this.#outside = 0;
    this.#count = 0;
    this.#mean = 0;
    this.#sumSquares = 0;
  }
}
