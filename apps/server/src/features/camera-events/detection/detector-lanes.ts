import {
  type Clock,
  type ErrorCode,
  isAppError,
  type Logger,
  type MonotonicMs,
  type Uuid,
} from "@gatehouse/base";
import type { Detectors, OpenedDetector } from "../ports.ts";
import type { DetectionSettings, Lookout } from "./lookout.ts";

/** One picture is made while another is looked at. */
const MAX_IN_WORK = 2;
/** Of a model that cannot be opened, or fails. */
const RETRY_AFTER_MS = 10_000;
/** A model that nobody needs is let go of. */
const IDLE_MS = 60_000;
/** Models open at once: each has a thread and memory of its own. */
const MAX_LANES = 8;

type DetectorId = DetectionSettings["detector"];
/** `isNews`: the first of those that follow each other; a detector with a fault has it at every look. */
type Failed = (lookout: Lookout, error: unknown, isNews: boolean) => void;

/** One detector, and the cameras that wait for it: first come, first served, each with its newest frame. */
export class DetectorLane {
  readonly #open: () => Promise<OpenedDetector>;
  readonly #look: (lookout: Lookout, opened: OpenedDetector) => Promise<void>;
  readonly #failed: Failed;
  readonly #clock: Clock;
  readonly #queue = new Set<Lookout>();
  readonly #inWork = new Set<Promise<void>>();
  #opened: Promise<OpenedDetector> | undefined;
  #name = "";
  #problem: ErrorCode | undefined;
  #restUntilMs: MonotonicMs = 0;
  #usedMs: MonotonicMs;

  constructor(deps: {
    readonly clock: Clock;
    readonly open: () => Promise<OpenedDetector>;
    readonly look: (lookout: Lookout, opened: OpenedDetector) => Promise<void>;
    readonly failed: Failed;
  }) {
    this.#clock = deps.clock;
    this.#open = deps.open;
    this.#look = deps.look;
    this.#failed = deps.failed;
    this.#usedMs = deps.clock.monotonicMs();
  }

  /** Name of the model; empty before it is loaded. */
  get name(): string {
    return this.#name;
  }

  /** Why it cannot look; undefined while all is well. */
  get problem(): ErrorCode | undefined {
    return this.#problem;
  }

  get isIdle(): boolean {
    return this.#inWork.size === 0 && this.#clock.monotonicMs() - this.#usedMs > IDLE_MS;
  }

  add(lookout: Lookout): void {
    if (this.#clock.monotonicMs() < this.#restUntilMs) return;
    this.#usedMs = this.#clock.monotonicMs();
    this.#queue.add(lookout);
    this.#work();
  }

  drop(lookout: Lookout): void {
    this.#queue.delete(lookout);
  }

  /** Looks to the end at what is in work. */
  async close(): Promise<void> {
    this.#queue.clear();
    await Promise.all(this.#inWork);
    const opened = this.#opened;
    this.#opened = undefined;
    await opened?.then(({ detector }) => detector.close()).catch(() => undefined);
  }

  async idle(): Promise<void> {
    while (this.#inWork.size > 0) await Promise.all(this.#inWork);
  }

  #work(): void {
    for (const lookout of this.#queue) {
      if (this.#inWork.size >= MAX_IN_WORK) return;
      if (lookout.busy) continue;
      this.#queue.delete(lookout);
      const work = this.#turn(lookout).finally(() => {
        this.#inWork.delete(work);
        this.#work();
      });
      this.#inWork.add(work);
    }
  }

  async #turn(lookout: Lookout): Promise<void> {
    lookout.busy = true;
    try {
      this.#opened ??= this.#open();
      const opened = await this.#opened;
      this.#name = opened.name;
      await this.#look(lookout, opened);
      this.#problem = undefined;
    } catch (error) {
      this.#rest(lookout, error);
    } finally {
      lookout.busy = false;
    }
  }

  /** Nobody is looked at for a while: what failed now fails a moment later too. */
  #rest(lookout: Lookout, error: unknown): void {
    this.#restUntilMs = this.#clock.monotonicMs() + RETRY_AFTER_MS;
    this.#failed(lookout, error, this.#problem === undefined);
    this.#problem = isAppError(error) ? error.code : "detector.failed";
    this.#queue.clear();
    const opened = this.#opened;
    this.#opened = undefined;
    void opened?.then(({ detector }) => detector.close()).catch(() => undefined);
  }
}

/** The lanes of all detectors that are needed: the built-in one is the same for everybody. */
export class DetectorLanes {
  readonly #deps: ConstructorParameters<typeof DetectorLanes>[0];
  readonly #lanes = new Map<string, DetectorLane>();

  constructor(deps: {
    readonly detectors: Detectors;
    readonly clock: Clock;
    readonly log: Logger;
    readonly look: (lookout: Lookout, opened: OpenedDetector) => Promise<void>;
    readonly failed: Failed;
  }) {
    this.#deps = deps;
  }

  find(tenantId: Uuid, id: DetectorId): DetectorLane | undefined {
    return this.#lanes.get(keyOf(tenantId, id));
  }

  /** Undefined while too many others are open. */
  of(tenantId: Uuid, id: DetectorId): DetectorLane | undefined {
    const known = this.find(tenantId, id);
    // The one that comes along is everybody's: nobody's own models stand in its way.
    const isFull = id !== "built_in" && this.#lanes.size >= MAX_LANES;
    if (known !== undefined || isFull) return known;
    const lane = new DetectorLane({
      ...this.#deps,
      open: () => this.#deps.detectors.open(tenantId, id),
    });
    this.#lanes.set(keyOf(tenantId, id), lane);
    return lane;
  }

  /** It is another detector now, or gone: opened anew when it is needed. */
  changed(tenantId: Uuid, id: DetectorId): void {
    this.#end(keyOf(tenantId, id));
  }

  pass(): void {
    for (const [key, lane] of this.#lanes) if (lane.isIdle) this.#end(key);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#lanes.values()].map((lane) => lane.close()));
    this.#lanes.clear();
  }

  async idle(): Promise<void> {
    await Promise.all([...this.#lanes.values()].map((lane) => lane.idle()));
  }

  #end(key: string): void {
    const lane = this.#lanes.get(key);
    this.#lanes.delete(key);
    lane?.close().catch((error: unknown) => this.#deps.log.warn({ err: error }, "detection.not_closed"));
  }
}

const keyOf = (tenantId: Uuid, id: DetectorId): string => (id === "built_in" ? id : `${tenantId} ${id}`);
