import { Ring } from "./ring.ts";
import { type Extent, medianOf, newExtent, trimmedMeanOf, widen } from "./statistics.ts";
import { SLOTS_PER_DAY } from "./tuning.ts";

const HALF_DAY = SLOTS_PER_DAY / 2;
const QUARTER_DAY = SLOTS_PER_DAY / 4;
const scratch = new Float64Array(SLOTS_PER_DAY);

/** A day of what a model does not explain, its summaries, and how large those usually are. */
export class Residuals {
  readonly #ring = new Ring(SLOTS_PER_DAY);
  readonly halfDay: Extent = newExtent();
  readonly day: Extent = newExtent();

  push(value: number): void {
    this.#ring.push(value);
  }

  /** Median of twelve hours; NaN until there are so many. */
  halfDayMedian(): number {
    if (this.#ring.count < HALF_DAY) return Number.NaN;
    return medianOf(scratch, this.#ring.copyNewest(scratch, HALF_DAY));
  }

  /** Trimmed mean of a day; NaN until there is one. */
  dayMean(): number {
    if (!this.#ring.isFull) return Number.NaN;
    return trimmedMeanOf(scratch, this.#ring.copyNewest(scratch, SLOTS_PER_DAY));
  }

  /** Mean of the last six hours, 0 without any. */
  recentMean(): number {
    const count = this.#ring.copyNewest(scratch, QUARTER_DAY);
    return count === 0 ? 0 : trimmedMeanOf(scratch, count);
  }

  /** What was summed up is honest: this is how far it goes. */
  learn(half: number, day: number, window: number): void {
    if (Number.isFinite(half)) widen(this.halfDay, Math.abs(half), window);
    if (Number.isFinite(day)) widen(this.day, Math.abs(day), window);
  }

  clear(): void {
    this.#ring.clear();
  }

  /** Everything anew, how far it goes included. */
  begin(): void {
    this.clear();
    Object.assign(this.halfDay, newExtent());
    Object.assign(this.day, newExtent());
  }

  save() {
    return { last: this.#ring.toArray().map(rounded), halfDay: { ...this.halfDay }, day: { ...this.day } };
  }

  restore(saved: ReturnType<Residuals["save"]>): void {
    this.#ring.fill(saved.last);
    Object.assign(this.halfDay, saved.halfDay);
    Object.assign(this.day, saved.day);
  }
}

const rounded = (value: number): number => Number(value.toPrecision(5));
