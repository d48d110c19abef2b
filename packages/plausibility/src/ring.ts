/** The last `size` numbers, oldest forgotten first. */
export class Ring {
  readonly #values: Float32Array;
  #next = 0;
  #count = 0;

  constructor(size: number) {
    this.#values = new Float32Array(size);
  }

  get count(): number {
    return this.#count;
  }

  get isFull(): boolean {
    return this.#count === this.#values.length;
  }

  push(value: number): void {
    this.#values[this.#next] = value;
    this.#next = (this.#next + 1) % this.#values.length;
    if (!this.isFull) this.#count++;
  }

  clear(): void {
    this.#count = 0;
    this.#next = 0;
  }

  /** Copies the newest `wanted` values, in no order; answers how many there were. */
  copyNewest(into: Float64Array, wanted: number): number {
    const count = Math.min(wanted, this.#count);
    const start = this.#next - count;
    if (start >= 0) into.set(this.#values.subarray(start, this.#next));
    else {
      into.set(this.#values.subarray(0, this.#next));
      into.set(this.#values.subarray(start), this.#next);
    }
    return count;
  }

  /** Oldest first. */
  toArray(): number[] {
    const size = this.#values.length;
    return Array.from(
      { length: this.#count },
      (_, i) => this.#values[(this.#next - this.#count + i + size) % size] as number,
    );
  }

  fill(values: readonly number[]): void {
    this.clear();
    for (const value of values) this.push(value);
  }
}
