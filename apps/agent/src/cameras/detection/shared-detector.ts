import { type Clock, isAppError, type Logger, type MonotonicMs } from "@gatehouse/base";
import type { Detector } from "@gatehouse/detect";

export interface SharedDetectorDeps {
  readonly clock: Clock;
  readonly log: Logger;
  /** Of the model, as people know it. */
  readonly model: string;
  /** One that does not open, or fails, is tried again after this long. */
  readonly retryMs: number;
  readonly open: () => Promise<Detector>;
}

/** One model in one thread, read when a camera first wants it, and shared by all that want it. */
export class SharedDetector {
  readonly #deps: SharedDetectorDeps;
  #detector: Detector | undefined;
  #opening: Promise<void> | undefined;
  #problem: string | undefined;
  #triedMs: MonotonicMs = Number.NEGATIVE_INFINITY;
  #usedMs: MonotonicMs;
  #isClosed = false;

  constructor(deps: SharedDetectorDeps) {
    this.#deps = deps;
    this.#usedMs = deps.clock.monotonicMs();
  }

  get model(): string {
    return this.#deps.model;
  }

  /** Why there is none; undefined while there is, or nobody asked. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** How long nobody wanted it. */
  get idleMs(): number {
    return this.#deps.clock.monotonicMs() - this.#usedMs;
  }

  /** Undefined until it is there. */
  find(): Detector | undefined {
    const nowMs = this.#deps.clock.monotonicMs();
    this.#usedMs = nowMs;
    const isDue = nowMs - this.#triedMs >= this.#deps.retryMs;
    if (this.#detector === undefined && !this.#isClosed && isDue) this.#opening ??= this.#start();
    return this.#detector;
  }

  /** It failed at a look: closed, and opened again when the pause is over. */
  async fail(problem: string): Promise<void> {
    const detector = this.#detector;
    this.#detector = undefined;
    this.#problem = problem;
    this.#triedMs = this.#deps.clock.monotonicMs();
    await detector?.close();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#opening;
    await this.#detector?.close();
    this.#detector = undefined;
  }

  async #start(): Promise<void> {
    const { clock, log, model, open } = this.#deps;
    this.#triedMs = clock.monotonicMs();
    try {
      this.#detector = await open();
      this.#problem = undefined;
    } catch (error) {
      this.#problem = isAppError(error) ? error.code : "detector.failed";
      log.error({ model, reason: String(error) }, "detector.not_opened");
    } finally {
      this.#opening = undefined;
    }
  }
}
