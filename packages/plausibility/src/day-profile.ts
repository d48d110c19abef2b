import type { UnixMs } from "@gatehouse/base";

const HOUR_MS = 3_600_000;
const HOURS = 24;

/** What a series usually shows at each hour of the day (UTC), between the hours' middles by straight lines. */
export class DayProfile {
  readonly #expected = new Float64Array(HOURS);
  readonly #counts = new Float64Array(HOURS);

  /** Undefined until both hours around it were seen. */
  at(tsMs: UnixMs): number | undefined {
    const { before, after, share } = neighboursOf(tsMs);
    if ((this.#counts[before] as number) === 0 || (this.#counts[after] as number) === 0) return undefined;
    return (this.#expected[before] as number) * (1 - share) + (this.#expected[after] as number) * share;
  }

  /** A plain mean up to `window` values of an hour; follows at that pace after. */
  learn(tsMs: UnixMs, value: number, window: number): void {
    const hour = Math.floor((tsMs % (HOURS * HOUR_MS)) / HOUR_MS);
    const count = Math.min((this.#counts[hour] as number) + 1, window);
    this.#counts[hour] = count;
    this.#expected[hour] =
      (this.#expected[hour] as number) + (value - (this.#expected[hour] as number)) / count;
  }

  /** Somebody says that the level has changed for good. */
  shift(by: number): void {
    for (let hour = 0; hour < HOURS; hour++) this.#expected[hour] = (this.#expected[hour] as number) + by;
  }

  save(): { readonly expected: number[]; readonly counts: number[] } {
    return { expected: [...this.#expected].map(rounded), counts: [...this.#counts] };
  }

  restore(saved: { readonly expected: readonly number[]; readonly counts: readonly number[] }): void {
    this.#expected.set(saved.expected);
    this.#counts.set(saved.counts);
  }
}

const rounded = (value: number): number => Number(value.toPrecision(7));

/** The hours whose middles the instant lies between, and how far it is from the first to the second. */
function neighboursOf(tsMs: UnixMs): { before: number; after: number; share: number } {
  const position = (tsMs % (HOURS * HOUR_MS)) / HOUR_MS - 0.5;
  const lower = Math.floor(position);
  return { before: (lower + HOURS) % HOURS, after: (lower + 1) % HOURS, share: position - lower };
}
