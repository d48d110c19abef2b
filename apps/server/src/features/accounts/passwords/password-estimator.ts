import { Worker } from "node:worker_threads";
import { AppError, type Clock, type Timer } from "@gatehouse/base";

export interface EstimateRequest {
  readonly password: string;
  /** Lower case. */
  readonly words: readonly string[];
}

export interface Estimate {
  /** Was stolen elsewhere and made public. */
  readonly breached: boolean;
  /** 0..4, see zxcvbn. */
  readonly score: number;
  readonly warning?: string;
  readonly suggestions: string[];
}

/** Loading the word lists on a busy machine is most of it; one estimate takes about 10 ms, a hostile one a second. */
const DEADLINE_MS = 15_000;
const MAX_WAITING = 16;
/** The word lists hold 70 MB; passwords are chosen rarely. */
const IDLE_STOP_MS = 60_000;

/**
 * zxcvbn in a thread of its own, started at the first password and stopped when no more come: anybody may ask it,
 * and hostile text keeps it busy for a second, which no other request should feel. Refuses `server.busy`.
 */
export class PasswordEstimator {
  readonly #clock: Clock;
  #worker: Worker | undefined;
  #waiting = 0;
  #turn: Promise<unknown> = Promise.resolve();
  #idle: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether the word lists are in memory. */
  get isRunning(): boolean {
    return this.#worker !== undefined;
  }

  async estimate(request: EstimateRequest): Promise<Estimate> {
    if (this.#waiting >= MAX_WAITING) throw new AppError("server.busy");
    this.#waiting++;
    this.#idle?.cancel();
    const result = this.#turn.then(() => this.#ask(request));
    this.#turn = result.catch(() => undefined);
    try {
      return await result;
    } finally {
      this.#waiting--;
      if (this.#waiting === 0) this.#idle = this.#clock.after(IDLE_STOP_MS, () => void this.stop());
    }
  }

  async stop(): Promise<void> {
    this.#idle?.cancel();
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  async #ask(request: EstimateRequest): Promise<Estimate> {
    this.#worker ??= this.#start();
    const worker = this.#worker;
    try {
      return await this.#answer(worker, request);
    } catch (cause) {
      await this.stop();
      throw new AppError("server.busy", {}, { cause });
    }
  }

  /** One that fails while nobody waits is only forgotten; the next password starts another. */
  #start(): Worker {
    const worker = new Worker(new URL("./password-worker.ts", import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: 256 },
    });
    const forget = (): void => {
      if (this.#worker === worker) this.#worker = undefined;
    };
    worker.on("error", forget).on("exit", forget);
    worker.unref();
    return worker;
  }

  #answer(worker: Worker, request: EstimateRequest): Promise<Estimate> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        timer.cancel();
        worker.off("message", onMessage).off("error", onError).off("exit", onExit);
      };
      const onMessage = (estimate: Estimate): void => {
        settle();
        resolve(estimate);
      };
      const onError = (error: Error): void => {
        settle();
        reject(error);
      };
      const onExit = (): void => onError(new Error("the password worker ended"));
      const timer = this.#clock.after(DEADLINE_MS, () =>
        onError(new Error("the password worker is too slow")),
      );
      worker.on("message", onMessage).on("error", onError).on("exit", onExit);
      worker.postMessage(request);
    });
  }
}
