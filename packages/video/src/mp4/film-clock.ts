/** Where nothing is recorded for longer, a film goes on after this long. */
export const LONGEST_GAP_MS = 2_000;

/** Where what was recorded at some time stands in a film: gaps are short, and all of it may go faster. */
export class FilmClock {
  readonly #speed: number;
  #takenMs: number | undefined;
  #filmMs = 0;

  constructor(speed: number) {
    this.#speed = speed;
  }

  /** Of the newest, in the film. */
  get nowMs(): number {
    return this.#filmMs;
  }

  /** The next one; answers its place, in ms from the film's beginning. */
  reach(takenMs: number): number {
    const sinceMs = this.#takenMs === undefined ? 0 : Math.max(0, takenMs - this.#takenMs);
    this.#filmMs += Math.min(sinceMs, LONGEST_GAP_MS) / this.#speed;
    this.#takenMs = takenMs;
    return this.#filmMs;
  }
}
