import type { Candidate, Tensor, Wanted } from "./candidate.ts";

/** [1, places, channels], or [1, channels, places]. */
export type Order = "places first" | "channels first";

/** An output that says something of each of many places: some numbers of the box, then a score for each class. */
export class Places {
  readonly count: number;
  readonly #data: Float32Array;
  readonly #place: number;
  readonly #channel: number;

  constructor({ dims, data }: Tensor, order: Order) {
    const [, rows, columns] = dims as [number, number, number];
    this.#data = data;
    this.count = order === "places first" ? rows : columns;
    [this.#place, this.#channel] = order === "places first" ? [columns, 1] : [1, columns];
  }

  at(place: number, channel: number): number {
    return this.#data[place * this.#place + channel * this.#channel] as number;
  }

  /** The class that counts with the highest score, of those whose scores begin at a channel. */
  bestClass(
    place: number,
    firstChannel: number,
    { minScore, classes }: Wanted,
  ): Pick<Candidate, "classIndex" | "score"> | undefined {
    const start = place * this.#place + firstChannel * this.#channel;
    let [classIndex, score] = [-1, minScore];
    for (let i = 0; i < classes.length; i++) {
      const value = this.#data[start + i * this.#channel] as number;
      if (value >= score && classes[i] === 1) [classIndex, score] = [i, value];
    }
    return classIndex < 0 ? undefined : { classIndex, score };
  }

  /** Whether a score of these classes is no share of one: the model leaves the logistic function to its reader. */
  hasLogits(firstChannel: number, classCount: number): boolean {
    for (let place = 0; place < this.count; place++)
      for (let i = firstChannel; i < firstChannel + classCount; i++)
        if (this.at(place, i) < 0 || this.at(place, i) > 1) return true;
    return false;
  }
}

export const logit = (share: number): number => Math.log(share / (1 - share));
export const logistic = (value: number): number => 1 / (1 + Math.exp(-value));
