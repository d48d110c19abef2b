import { type Clock, isAppError, type Logger, type Random, type Timer } from "@gatehouse/base";
import {
  type CaptureDeps,
  type CapturedPicture,
  connectDirect,
  openSource,
  type SourceSpec,
} from "@gatehouse/capture";
import { backoffMs } from "@gatehouse/device-client";

export interface FeedDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly source: SourceSpec;
  readonly ffmpeg: () => Promise<string>;
  onPicture(picture: CapturedPicture): void;
  /** For tests: opens sources another way. */
  readonly open?: (spec: SourceSpec, deps: CaptureDeps) => AsyncIterable<CapturedPicture>;
}

/** Why there are no pictures: a code of the catalogue, and which of the things that it may mean. */
export interface FeedProblem {
  readonly code: string;
  readonly reason?: string;
}

/** A source that gave pictures for this long was a good one: the next attempt comes quickly. */
const GOOD_MS = 30_000;
/** Longer without a picture, and the source is opened anew. */
const SILENT_MS = 45_000;
const WATCH_EVERY_MS = 5_000;

/**
 * Keeps one source open while it is wanted: opens it, opens it again with growing and random pauses, and gives up one that falls
 * silent.
 */
export class Feed {
  readonly #deps: FeedDeps;
  #as: "copy" | "jpeg" | undefined;
  #ending: AbortController | undefined;
  #running: Promise<void> | undefined;
  #wake: (() => void) | undefined;
  #isStopped = false;
  #captured = 0;
  #pictureMs = 0;
  #problem: FeedProblem | undefined;

  constructor(deps: FeedDeps) {
    this.#deps = deps;
  }

  /** Undefined: nobody wants pictures. */
  want(as: "copy" | "jpeg" | undefined): void {
    if (as === this.#as || this.#isStopped) return;
    this.#as = as;
    this.#problem = undefined;
    this.#ending?.abort();
    this.#wake?.();
    if (as !== undefined) this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#as = undefined;
    this.#ending?.abort();
    this.#wake?.();
    await this.#running;
  }

  get isWanted(): boolean {
    return this.#as !== undefined;
  }

  get problem(): FeedProblem | undefined {
    return this.#problem;
  }

  /** Pictures since start. */
  get captured(): number {
    return this.#captured;
  }

  async #run(): Promise<void> {
    for (let failures = 0; this.#as !== undefined; ) {
      const { clock, random } = this.#deps;
      const openedMs = clock.monotonicMs();
      const before = this.#captured;
      await this.#open(this.#as);
      const isGood = this.#captured > before && clock.monotonicMs() - openedMs >= GOOD_MS;
      failures = isGood ? 0 : failures + 1;
      if (this.#problem !== undefined) await this.#pause(backoffMs(failures, random));
    }
    this.#running = undefined;
  }

  async #open(as: "copy" | "jpeg"): Promise<void> {
    const { clock, random, log, source, ffmpeg, open = openSource } = this.#deps;
    const ending = new AbortController();
    this.#ending = ending;
    this.#pictureMs = clock.monotonicMs();
    const watch: Timer = clock.every(WATCH_EVERY_MS, () => {
      if (clock.monotonicMs() - this.#pictureMs < SILENT_MS) return;
      this.#fail({ code: "camera.source_unreachable", reason: "silent" });
      ending.abort();
    });
    try {
      const { signal } = ending;
      const deps: CaptureDeps = { clock, random, log, signal, ffmpeg, as, connect: connectDirect };
      for await (const picture of open(source, deps)) {
        if (signal.aborted) break;
        this.#took();
        this.#deps.onPicture(picture);
      }
      if (!signal.aborted) this.#fail({ code: "camera.source_unreachable", reason: "ended" });
    } catch (error) {
      if (!ending.signal.aborted) this.#fail(problemOf(error));
    } finally {
      watch.cancel();
      ending.abort();
    }
  }

  #took(): void {
    this.#captured++;
    this.#pictureMs = this.#deps.clock.monotonicMs();
    if (this.#problem !== undefined) this.#deps.log.info({}, "camera.source_back");
    this.#problem = undefined;
  }

  /** Said when it is another than before, however often it comes. */
  #fail(problem: FeedProblem): void {
    const { code, reason } = problem;
    if (this.#problem?.code !== code || this.#problem.reason !== reason)
      this.#deps.log.warn({ code, reason }, "camera.source_failed");
    this.#problem = problem;
  }

  #pause(ms: number): Promise<void> {
    if (this.#isStopped) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = this.#deps.clock.after(ms, () => this.#wake?.());
      this.#wake = () => {
        timer.cancel();
        this.#wake = undefined;
        resolve();
      };
    });
  }
}

function problemOf(error: unknown): FeedProblem {
  if (!isAppError(error)) return { code: "server.internal" };
  const { reason, detail } = error.fields;
  const why = [reason, detail]
    .filter((word) => typeof word === "string" || typeof word === "number")
    .join(": ");
  return { code: error.code, ...(why === "" ? {} : { reason: why }) };
}
