import { AppError } from "@gatehouse/base";

/** One after the other; who would wait behind too many is refused with `server.busy`. */
export class InTurn {
  readonly #maxWaiting: number;
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(maxWaiting: number) {
    this.#maxWaiting = maxWaiting;
  }

  async take<T>(act: () => Promise<T>): Promise<T> {
    if (this.#waiting > this.#maxWaiting) throw new AppError("server.busy", { retryAfterSeconds: 10 });
    this.#waiting++;
    const acting = this.#last.then(act, act);
    this.#last = acting;
    try {
      return await acting;
    } finally {
      this.#waiting--;
    }
  }
}
