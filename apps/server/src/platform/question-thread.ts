import { Worker } from "node:worker_threads";
import { AppError, type Clock, type Timer } from "@gatehouse/base";

export interface ThreadLimits {
  /** An answer that takes longer ends the thread. */
  readonly deadlineMs: number;
  /** Questions that are not answered yet; more are refused. */
  readonly maxWaiting: number;
  /** Without a question for so long the thread ends, and its memory is free. */
  readonly idleStopMs: number;
  readonly heapMiB: number;
}

/**
 * A thread that answers one question after the other with one message each, so that nobody else waits for it. It starts
 * at the first question. Refuses `server.busy` when too many wait, and when the thread failed or took too long: the next
 * question starts another.
 */
export class QuestionThread<Question, Answer> {
  readonly #program: URL;
  readonly #clock: Clock;
  readonly #limits: ThreadLimits;
  #worker: Worker | undefined;
  #waiting = 0;
  #turn: Promise<unknown> = Promise.resolve();
  #idle: Timer | undefined;

  constructor(program: URL, clock: Clock, limits: ThreadLimits) {
    this.#program = program;
    this.#clock = clock;
    this.#limits = limits;
  }

  get isRunning(): boolean {
    return this.#worker !== undefined;
  }

  async ask(question: Question): Promise<Answer> {
    const { idleStopMs, maxWaiting } = this.#limits;
    if (this.#waiting >= maxWaiting) throw new AppError("server.busy");
    this.#waiting++;
    this.#idle?.cancel();
    const answer = this.#turn.then(() => this.#ask(question));
    this.#turn = answer.catch(() => undefined);
    try {
      return await answer;
    } finally {
      this.#waiting--;
      if (this.#waiting === 0) this.#idle = this.#clock.after(idleStopMs, () => void this.stop());
    }
  }

  async stop(): Promise<void> {
    this.#idle?.cancel();
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  async #ask(question: Question): Promise<Answer> {
    this.#worker ??= this.#start();
    try {
      return await this.#answer(this.#worker, question);
    } catch (cause) {
      await this.stop();
      throw new AppError("server.busy", {}, { cause });
    }
  }

  /** One that fails while nobody waits is only forgotten. */
  #start(): Worker {
    const worker = new Worker(this.#program, {
      resourceLimits: { maxOldGenerationSizeMb: this.#limits.heapMiB },
    });
    const forget = (): void => {
      if (this.#worker === worker) this.#worker = undefined;
    };
    worker.on("error", forget).on("exit", forget);
    worker.unref();
    return worker;
  }

  #answer(worker: Worker, question: Question): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        timer.cancel();
        worker.off("message", onMessage).off("error", onError).off("exit", onExit);
      };
      const onMessage = (answer: Answer): void => {
        settle();
        resolve(answer);
      };
      const onError = (error: Error): void => {
        settle();
        reject(error);
      };
      const onExit = (): void => onError(new Error("the thread ended"));
      const timer = this.#clock.after(this.#limits.deadlineMs, () =>
        onError(new Error("the thread is too slow")),
      );
      worker.on("message", onMessage).on("error", onError).on("exit", onExit);
      worker.postMessage(question);
    });
  }
}
