import type { Clock, Logger, Timer, Uuid } from "@gatehouse/base";

const POLL_MS = 1_000;
const MAX_RUNNING = 8;
const STOP_WITHIN_MS = 4_000;

export interface PumpDeps<Work> {
  readonly clock: Clock;
  readonly log: Logger;
  /** One piece of work that is due, marked as taken; `busy` has how many run for each key. */
  take(busy: ReadonlyMap<Uuid, number>): Promise<Work | undefined>;
  /** What this work keeps busy. */
  keyOf(work: Work): Uuid | undefined;
  run(work: Work, stopping: AbortSignal): Promise<void>;
}

/** Looks for work each second and when woken, and runs at most eight pieces of it at once. */
export class Pump<Work> {
  readonly #deps: PumpDeps<Work>;
  readonly #running = new Map<Promise<void>, Uuid | undefined>();
  #stopping = new AbortController();
  #timer: Timer | undefined;
  #look: Promise<void> | undefined;
  #isWanted = false;

  constructor(deps: PumpDeps<Work>) {
    this.#deps = deps;
  }

  start(): void {
    this.#stopping = new AbortController();
    this.#timer = this.#deps.clock.every(POLL_MS, () => this.wake());
    this.wake();
  }

  /** Waits a little for what is on its way and ends the rest; that is tried again later. */
  async stop(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    await this.#look;
    const deadline = this.#deps.clock.after(STOP_WITHIN_MS, () => this.#stopping.abort());
    await this.idle();
    deadline.cancel();
  }

  /** Aborted when what is under way has to end. */
  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Looks for work now rather than at the next poll. */
  wake(): void {
    this.#isWanted = true;
    this.#look ??= this.#takeAll().finally(() => {
      this.#look = undefined;
      // Somebody woke it after its last look.
      if (this.#isWanted) this.wake();
    });
  }

  /** Resolves when nothing is on its way any more. */
  async idle(): Promise<void> {
    while (this.#look !== undefined || this.#running.size > 0)
      await Promise.allSettled([this.#look, ...this.#running.keys()]);
  }

  async #takeAll(): Promise<void> {
    try {
      while (this.#isWanted) {
        this.#isWanted = false;
        while (this.#timer !== undefined && this.#running.size < MAX_RUNNING) {
          const work = await this.#deps.take(this.#busy());
          if (work === undefined) break;
          this.#run(work);
        }
      }
    } catch (error) {
      // The next poll looks again.
      this.#isWanted = false;
      this.#deps.log.warn({ err: error }, "outbox.take_failed");
    }
  }

  #run(work: Work): void {
    const running = this.#deps
      .run(work, this.#stopping.signal)
      .catch((error: unknown) => this.#deps.log.error({ err: error }, "outbox.delivery_broken"))
      .finally(() => {
        this.#running.delete(running);
        if (this.#timer !== undefined) this.wake();
      });
    this.#running.set(running, this.#deps.keyOf(work));
  }

  #busy(): ReadonlyMap<Uuid, number> {
    const counts = new Map<Uuid, number>();
    for (const key of this.#running.values()) {
      if (key !== undefined) counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return counts;
  }
}
