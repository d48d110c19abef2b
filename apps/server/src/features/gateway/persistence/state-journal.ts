import type { Clock, Logger } from "@gatehouse/base";
import type { StateItem, StateName } from "./mqtt-state-store.ts";

/** Where the journal writes; one call is one transaction. */
export interface StateWriter {
  write(puts: readonly StateItem[], removes: readonly StateName[]): Promise<void>;
}

interface Waiter {
  resolve(): void;
  reject(error: unknown): void;
}

const RETRY_AFTER_MS = 1_000;

/**
 * Carries changes of the broker's memory to the database: only the newest change of an item counts, and all
 * that changed while one transaction ran goes into the next (group commit). A failed write is tried again
 * until it works; whoever waited for it is told at once, so that nothing is acknowledged.
 */
export class StateJournal {
  readonly #writer: StateWriter;
  readonly #clock: Clock;
  readonly #log: Logger;
  #dirty = new Map<string, { name: StateName; item: StateItem | undefined }>();
  #waiters: Waiter[] = [];
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor({ writer, clock, log }: { writer: StateWriter; clock: Clock; log: Logger }) {
    this.#writer = writer;
    this.#clock = clock;
    this.#log = log;
  }

  put(item: StateItem): void {
    this.#dirty.set(item.kind + item.key, { name: item, item });
    this.#start();
  }

  remove(kind: StateItem["kind"], key: string): void {
    this.#dirty.set(kind + key, { name: { kind, key }, item: undefined });
    this.#start();
  }

  /** Resolves when every change made so far is committed. */
  committed(): Promise<void> {
    if (this.#dirty.size === 0 && this.#running === undefined) return Promise.resolve();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiters.push({ resolve, reject });
    this.#start();
    return promise;
  }

  /** Writes what is left; false when the database does not take it. */
  async stop(): Promise<boolean> {
    this.#stopped = true;
    await this.#running;
    if (this.#dirty.size > 0) await this.#flush();
    return this.#dirty.size === 0;
  }

  #start(): void {
    if (this.#running !== undefined || this.#stopped) return;
    this.#running = new Promise<void>((resolve) => setImmediate(resolve))
      .then(() => this.#drain())
      .finally(() => {
        this.#running = undefined;
        if (this.#dirty.size > 0 || this.#waiters.length > 0) this.#start();
      });
  }

  async #drain(): Promise<void> {
    while (this.#dirty.size > 0 || this.#waiters.length > 0) {
      if (!(await this.#flush())) {
        if (this.#stopped) return;
        await new Promise<void>((resolve) => void this.#clock.after(RETRY_AFTER_MS, resolve));
      }
    }
  }

  async #flush(): Promise<boolean> {
    const taken = this.#dirty;
    const waiters = this.#waiters;
    this.#dirty = new Map();
    this.#waiters = [];
    const puts: StateItem[] = [];
    const removes: StateName[] = [];
    for (const { name, item } of taken.values()) {
      if (item === undefined) removes.push(name);
      else puts.push(item);
    }
    try {
      if (taken.size > 0) await this.#writer.write(puts, removes);
    } catch (error) {
      this.#log.error({ err: error, items: taken.size }, "mqtt.state_not_written");
      for (const [key, change] of taken) if (!this.#dirty.has(key)) this.#dirty.set(key, change);
      for (const waiter of waiters) waiter.reject(error);
      return false;
    }
    for (const waiter of waiters) waiter.resolve();
    return true;
  }
}
