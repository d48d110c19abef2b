import type { Clock, Logger, Timer, Uuid } from "@gatehouse/base";
import { countSegments } from "../all-segments-store.ts";
import type { RecordingDatabase } from "../tables.ts";

/** How far it is, as people see it. */
export interface RewrapProgress {
  readonly remaining: number;
  readonly total: number;
}

export interface RewrapRun {
  /** The key of one more segment is under the newest one. */
  onSegment(): void;
  readonly signal: AbortSignal;
}

interface RewrappingDeps {
  readonly db: RecordingDatabase;
  readonly clock: Clock;
  readonly log: Logger;
}

/** After what went wrong it is tried again. */
const RETRY_MS = 60_000;

/** Wraps keys of segments anew in the background: one organisation after the other, again until all is done. */
export class Rewrapping {
  readonly #deps: RewrappingDeps;
  readonly #rewrap: (tenantId: Uuid, run: RewrapRun) => Promise<void>;
  readonly #underWay = new Map<Uuid, { done: number; total: number }>();
  readonly #retries = new Map<Uuid, Timer>();
  #stop = new AbortController();
  #work: Promise<void> = Promise.resolve();

  constructor(deps: RewrappingDeps, rewrap: (tenantId: Uuid, run: RewrapRun) => Promise<void>) {
    this.#deps = deps;
    this.#rewrap = rewrap;
  }

  /** Resolves when it is known how much is to be done. */
  async begin(tenantId: Uuid): Promise<void> {
    const { clock, db, log } = this.#deps;
    this.#retries.get(tenantId)?.cancel();
    this.#underWay.set(tenantId, { done: 0, total: await countSegments(db, tenantId) });
    this.#work = this.#work.then(async () => {
      if (this.#stop.signal.aborted) return;
      try {
        await this.#run(tenantId);
      } catch (err) {
        if (this.#stop.signal.aborted) return;
        log.error({ err, tenantId }, "recordings.keys_not_rewrapped");
        this.#retries.set(
          tenantId,
          clock.after(RETRY_MS, () => void this.begin(tenantId).catch(() => undefined)),
        );
      }
    });
  }

  /** Undefined when all keys are under the newest one. */
  progressOf(tenantId: Uuid): RewrapProgress | undefined {
    const known = this.#underWay.get(tenantId);
    return known && { remaining: Math.max(0, known.total - known.done), total: known.total };
  }

  /** Resolves when what was begun is done, or is to be tried again. */
  idle(): Promise<void> {
    return this.#work;
  }

  /** What is left is done after the next start. */
  async stop(): Promise<void> {
    this.#stop.abort();
    for (const timer of this.#retries.values()) timer.cancel();
    await this.#work;
    this.#stop = new AbortController();
  }

  async #run(tenantId: Uuid): Promise<void> {
    const underWay = this.#underWay.get(tenantId);
    if (underWay === undefined) return;
    underWay.done = 0;
    await this.#rewrap(tenantId, { onSegment: () => underWay.done++, signal: this.#stop.signal });
    // Somebody may have asked for yet another key meanwhile.
    if (this.#underWay.get(tenantId) === underWay) this.#underWay.delete(tenantId);
  }
}
