import type { Clock } from "@gatehouse/base";
import { QuestionThread } from "../../../platform/question-thread.ts";

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
const HEAP_MIB = 256;

/** zxcvbn in a thread of its own: anybody may ask it, and hostile text keeps it busy for a second. Refuses `server.busy`. */
export class PasswordEstimator {
  readonly #thread: QuestionThread<EstimateRequest, Estimate>;

  constructor(clock: Clock) {
    this.#thread = new QuestionThread(new URL("./password-worker.ts", import.meta.url), clock, {
      ...{ deadlineMs: DEADLINE_MS, maxWaiting: MAX_WAITING, idleStopMs: IDLE_STOP_MS, heapMiB: HEAP_MIB },
    });
  }

  /** Whether the word lists are in memory. */
  get isRunning(): boolean {
    return this.#thread.isRunning;
  }

  estimate(request: EstimateRequest): Promise<Estimate> {
    return this.#thread.ask(request);
  }

  stop(): Promise<void> {
    return this.#thread.stop();
  }
}
