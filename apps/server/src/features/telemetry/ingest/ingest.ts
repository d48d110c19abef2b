import { AppError, type Clock, type Logger, type MonotonicMs } from "@gatehouse/base";
import type { Bus, Reading } from "@gatehouse/contract";
import { DAY_MS, refusalOf } from "../model.ts";
import type { ReadingScreen } from "../ports.ts";
import type { BatchWriter } from "./batch-writer.ts";
import { ReadingQueue, type Waiting } from "./reading-queue.ts";

export interface IngestDeps {
  readonly writer: BatchWriter;
  readonly clock: Clock;
  readonly log: Logger;
  readonly bus: Bus;
  readonly screen?: ReadingScreen | undefined;
  maxPastDays(tenantId: string): number;
}

/** Six seconds at 10,000 messages/s; what comes beyond is refused and the gateway stops reading. */
const QUEUE_LIMITS = { maxCount: 60_000, maxBytes: 96 * 1024 * 1024 };
const MAX_BATCH = 4_000;
/**
 * A commit costs about the same for one reading as for fifty. When few are waiting each goes at once; from
 * `BUSY_BATCH` on, commits are begun no more often than this, which gathers more in each.
 */
const BUSY_BATCH = 24;
const BUSY_PERIOD_MS = 6;
const STOP_WITHIN_MS = 4_000;

/** The way in: bounded queue → batches → one commit at a time → `done` in order of arrival → the bus. */
export class Ingest {
  readonly #deps: IngestDeps;
  readonly #queue = new ReadingQueue(QUEUE_LIMITS);
  readonly #exclusive: (() => Promise<void>)[] = [];
  #flushes: { readonly target: number; readonly resolve: () => void }[] = [];
  #running = false;
  #stopping = false;
  #submitted = 0;
  #answered = 0;
  #lastBatch = 0;
  #lastStartMs: MonotonicMs = 0;

  constructor(deps: IngestDeps) {
    this.#deps = deps;
  }

  get queued(): number {
    return this.#queue.count;
  }

  /** See the ReadingSink of the gateway: false takes nothing. */
  submit(reading: Reading, done: (error?: AppError) => void): boolean {
    if (this.#stopping) return false;
    const maxPastMs = this.#deps.maxPastDays(reading.tenantId) * DAY_MS;
    const error = refusalOf(reading, this.#deps.clock.nowMs(), maxPastMs);
    const waiting: Waiting = { reading, done, error, held: undefined };
    if (!this.#queue.push(waiting)) return false;
    // Once a reading, however often it had to wait for room.
    if (error === undefined) waiting.held = this.#deps.screen?.screen(reading);
    this.#submitted++;
    this.#wake();
    return true;
  }

  /** Resolves when everything submitted so far has its answer. */
  flush(): Promise<void> {
    return new Promise((resolve) => {
      this.#flushes.push({ target: this.#submitted, resolve });
      this.#wake();
    });
  }

  /** Runs `work` between two batches: what is stored does not change under it. */
  exclusively<T>(work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#exclusive.push(() => work().then(resolve, reject));
      this.#wake();
    });
  }

  /** Takes no more; what is waiting is written first, for at most a few seconds. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const late = new Promise<"late">((resolve) =>
      this.#deps.clock.after(STOP_WITHIN_MS, () => resolve("late")),
    );
    if ((await Promise.race([this.flush(), late])) !== "late") return;
    const left = this.#queue.take(Number.POSITIVE_INFINITY);
    this.#deps.log.warn({ readings: left.length }, "ingest.stopped_with_waiting");
    this.#answer(left.map((waiting) => ({ ...waiting, error: new AppError("server.stopping") })));
  }

  #wake(): void {
    if (this.#running) return;
    this.#running = true;
    // The rest of what the socket just delivered comes along.
    setImmediate(() => void this.#run());
  }

  async #run(): Promise<void> {
    while (this.#queue.waiting > 0 || this.#exclusive.length > 0) {
      await this.#gather();
      const batch = this.#queue.take(MAX_BATCH);
      this.#lastStartMs = this.#deps.clock.monotonicMs();
      this.#lastBatch = batch.length;
      if (batch.length > 0) {
        await this.#deps.writer.write(batch);
        this.#answer(batch);
      }
      await this.#exclusive.shift()?.();
      this.#settleFlushes();
    }
    this.#settleFlushes();
    this.#running = false;
  }

  #settleFlushes(): void {
    if (this.#flushes.length === 0) return;
    const settled = this.#flushes.filter(({ target }) => target <= this.#answered);
    this.#flushes = this.#flushes.filter(({ target }) => target > this.#answered);
    for (const { resolve } of settled) resolve();
  }

  async #gather(): Promise<void> {
    if (this.#lastBatch < BUSY_BATCH || this.#queue.waiting >= MAX_BATCH) return;
    const restMs = this.#lastStartMs + BUSY_PERIOD_MS - this.#deps.clock.monotonicMs();
    if (restMs > 0) await new Promise<void>((resolve) => this.#deps.clock.after(restMs, resolve));
  }

  /** Acknowledgements first, then the news. */
  #answer(batch: readonly Waiting[]): void {
    this.#queue.release(batch);
    this.#answered += batch.length;
    const stored: Reading[] = [];
    const apart: Reading[] = [];
    for (const { reading, done, error, held } of batch) {
      if (error === undefined) (held === undefined ? stored : apart).push(reading);
      try {
        done(error);
      } catch (cause) {
        this.#deps.log.error({ err: cause }, "ingest.done_failed");
      }
    }
    if (stored.length > 0) this.#deps.bus.publish("readings.stored", { readings: stored });
    if (apart.length > 0) this.#deps.bus.publish("readings.held", { readings: apart });
  }
}
