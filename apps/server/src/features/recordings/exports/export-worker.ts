import { type Clock, isAppError, type Logger, type Uuid } from "@gatehouse/base";
import { unasked } from "../../../platform/audit/index.ts";

/** What became of one. */
export interface Made {
  readonly bytes: number;
  readonly frames: number;
  readonly damaged: number;
}

/** How one ended. */
export type Ending =
  | ({ readonly state: "done" } & Made)
  | { readonly state: "failed"; readonly error: string };

/** What waits to be made, and how each of it is made. */
export interface Orders<Row extends { readonly id: Uuid }> {
  /** The one that waits longest is running from now on. */
  take(): Promise<Row | undefined>;
  /** Makes one; its sealed file stands when it resolves, and nothing of it when it rejects. */
  make(row: Row, signal: AbortSignal, onProgress: (ratio: number) => void): Promise<Made>;
  /** False when it was neither waiting nor running any more. */
  end(row: Row, ending: Ending): Promise<boolean>;
  /** It was given up after its file stood. */
  remove(row: Row): Promise<void>;
}

interface WorkerDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly atOnce: number;
}

interface Running {
  readonly abort: AbortController;
  readonly sinceMs: number;
  readonly ended: Promise<void>;
  ratio: number;
}

/** Before, what is left cannot be told. */
const TELLING_RATIO = 0.02;
/** After a failure that is no export's: the database was away, for one. */
const AGAIN_MS = 5_000;

/** Makes exports one after the other, the oldest first; what a stop or a crash cut off is made anew. */
export class ExportWorker<Row extends { readonly id: Uuid }> {
  readonly #deps: WorkerDeps;
  readonly #orders: Orders<Row>;
  readonly #running = new Map<Uuid, Running>();
  #isStopped = true;
  #work: Promise<void>[] = [];
  #wanted = 0;
  #idle: (() => void)[] = [];

  constructor(deps: WorkerDeps, orders: Orders<Row>) {
    this.#deps = deps;
    this.#orders = orders;
  }

  start(): void {
    this.#isStopped = false;
    this.#work = Array.from({ length: this.#deps.atOnce }, () => unasked(() => this.#run()));
  }

  /** What runs is given up, and begins again at the next start. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const { abort } of this.#running.values()) abort.abort(new Error("the server stops"));
    this.wake();
    await Promise.all(this.#work);
  }

  /** There may be something to do. */
  wake(): void {
    this.#wanted++;
    for (const go of this.#idle.splice(0)) go();
  }

  /** Nothing of it is being made when it resolves. */
  async giveUp(id: Uuid): Promise<void> {
    const running = this.#running.get(id);
    running?.abort.abort(new Error("it is not wanted any more"));
    await running?.ended;
  }

  progressOf(id: Uuid): { readonly ratio: number; readonly leftMs?: number } | undefined {
    const running = this.#running.get(id);
    if (running === undefined) return undefined;
    const { ratio, sinceMs } = running;
    if (ratio < TELLING_RATIO) return { ratio };
    const tookMs = this.#deps.clock.monotonicMs() - sinceMs;
    return { ratio, leftMs: Math.round((tookMs / ratio) * (1 - ratio)) };
  }

  async #run(): Promise<void> {
    const { clock, log } = this.#deps;
    while (!this.#isStopped) {
      const seen = this.#wanted;
      try {
        const row = await this.#orders.take();
        if (row !== undefined) await this.#make(row);
        else if (seen === this.#wanted) await new Promise<void>((resolve) => void this.#idle.push(resolve));
      } catch (err) {
        log.error({ err }, "exports.failing");
        if (!this.#isStopped) await new Promise<void>((resolve) => void clock.after(AGAIN_MS, resolve));
      }
    }
  }

  async #make(row: Row): Promise<void> {
    const { clock, log } = this.#deps;
    const abort = new AbortController();
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const running: Running = { abort, ended, sinceMs: clock.monotonicMs(), ratio: 0 };
    this.#running.set(row.id, running);
    try {
      if (this.#isStopped) abort.abort(new Error("the server stops"));
      const made = await this.#orders.make(row, abort.signal, (ratio) => {
        running.ratio = ratio;
      });
      await this.#settle(row, { state: "done", ...made });
      log.info({ exportId: row.id, bytes: made.bytes }, "export.done");
    } catch (err) {
      // Whoever gave it up has said so in its row already; after a stop it waits for the next start.
      if (!abort.signal.aborted) {
        const error = isAppError(err) ? err.code : "export.failed";
        log.warn({ exportId: row.id, err }, "export.failed");
        await this.#settle(row, { state: "failed", error });
      }
    } finally {
      this.#running.delete(row.id);
      end();
    }
  }

  async #settle(row: Row, ending: Ending): Promise<void> {
    const isEnded = await this.#orders.end(row, ending);
    if (!isEnded && ending.state === "done") await this.#orders.remove(row);
  }
}
