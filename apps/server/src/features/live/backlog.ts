export type LiveValue = readonly [
  deviceId: string,
  metric: string,
  tsMs: number,
  value: number | boolean | string,
];

/** Series kept for one slow browser; beyond that the longest-waiting are left out, to be read from the history. */
const MAX_SERIES = 20_000;

/** The newest value of each metric of each device, in order of first arrival. */
export class Backlog {
  readonly #newest = new Map<string, LiveValue>();

  get size(): number {
    return this.#newest.size;
  }

  add(values: readonly LiveValue[]): void {
    for (const value of values) {
      const key = `${value[0]}:${value[1]}`;
      const known = this.#newest.get(key);
      if (known !== undefined && known[2] > value[2]) continue;
      this.#newest.set(key, value);
      if (this.#newest.size > MAX_SERIES) {
        const oldest = this.#newest.keys().next().value;
        if (oldest !== undefined) this.#newest.delete(oldest);
      }
    }
  }

  take(): LiveValue[] {
    const values = [...this.#newest.values()];
    this.#newest.clear();
    return values;
  }
}
