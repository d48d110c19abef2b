import type { Logger } from "@gatehouse/base";

/** One thing to undo at stop, with the time it may take. */
interface Step {
  readonly name: string;
  readonly deadlineMs: number;
  stop(): Promise<void>;
}

/**
 * Start and stop as code: every started part pushes its stop; `stop()` runs them in reverse order, each
 * with a deadline, and a step that fails or hangs never keeps the next from running.
 */
export class Lifecycle implements AsyncDisposable {
  readonly #steps: Step[] = [];
  readonly #log: Logger;
  #stopping: Promise<void> | undefined;

  constructor(log: Logger) {
    this.#log = log;
  }

  onStop(name: string, stop: () => Promise<void>, deadlineMs = 2_000): void {
    this.#steps.push({ name, stop, deadlineMs });
  }

  get stopping(): boolean {
    return this.#stopping !== undefined;
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#run();
    return this.#stopping;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #run(): Promise<void> {
    for (const step of this.#steps.reverse()) {
      try {
        await withDeadline(step.stop(), step.deadlineMs);
      } catch (error) {
        this.#log.error({ step: step.name, err: error }, "lifecycle.stop_failed");
      }
    }
  }
}

/** Rejects when `work` has not settled within `deadlineMs`. */
async function withDeadline(work: Promise<void>, deadlineMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done within ${deadlineMs} ms`)), deadlineMs);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
