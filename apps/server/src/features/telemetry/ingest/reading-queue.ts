import type { AppError } from "@gatehouse/base";
import type { Reading } from "@gatehouse/contract";
import type { HeldFor } from "../ports.ts";

export interface Waiting {
  readonly reading: Reading;
  readonly done: (error?: AppError) => void;
  /** Set when the reading is not kept. */
  error: AppError | undefined;
  /** Set when the reading is kept apart. */
  held?: HeldFor | undefined;
}

export interface QueueLimits {
  readonly maxCount: number;
  readonly maxBytes: number;
}

/** About what one waiting reading keeps in memory: objects, closures, and two strings' worth a state. */
export function weightOf({ numbers, states }: Reading): number {
  let bytes = 400 + numbers.length * 48;
  for (const [, value] of states) bytes += 64 + (typeof value === "string" ? value.length * 2 : 0);
  return bytes;
}

/** First in, first out; refuses what goes beyond its bounds. What was taken still counts until `release`. */
export class ReadingQueue {
  readonly #limits: QueueLimits;
  #waiting: Waiting[] = [];
  #count = 0;
  #bytes = 0;

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  /** Readings not answered yet. */
  get count(): number {
    return this.#count;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  push(waiting: Waiting): boolean {
    const weight = weightOf(waiting.reading);
    if (this.#count >= this.#limits.maxCount || this.#bytes + weight > this.#limits.maxBytes) return false;
    this.#count++;
    this.#bytes += weight;
    this.#waiting.push(waiting);
    return true;
  }

  take(maxCount: number): Waiting[] {
    if (this.#waiting.length <= maxCount) {
      const all = this.#waiting;
      this.#waiting = [];
      return all;
    }
    return this.#waiting.splice(0, maxCount);
  }

  release(taken: readonly Waiting[]): void {
    this.#count -= taken.length;
    for (const { reading } of taken) this.#bytes -= weightOf(reading);
  }
}
