import { AppError } from "@gatehouse/base";

/** Runs at most `concurrency` tasks at once and keeps at most `maxWaiting` more; beyond that it refuses `server.busy`. */
export class BoundedQueue {
  readonly #concurrency: number;
  readonly #maxWaiting: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(concurrency: number, maxWaiting: number) {
    this.#concurrency = concurrency;
    this.#maxWaiting = maxWaiting;
  }

  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#running < this.#concurrency) this.#running++;
    else await this.#turn();
    try {
      return await task();
    } finally {
      this.#release();
    }
  }

  /** Resolves when a running task hands its place over. */
  #turn(): Promise<void> {
    if (this.#waiting.length >= this.#maxWaiting) throw new AppError("server.busy");
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #release(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running--;
    else next();
  }
}
