import type { Clock, Logger, Random, Timer, UnixMs } from "@gatehouse/base";
import { type CapturedPicture, PICTURE_KINDS } from "@gatehouse/capture";
import type { FrameSource } from "../intake/source.ts";
import type { OpenSource, PulledCameras } from "./ports.ts";
import { type ChosenSource, kindOf, specOf, type Trouble, troubleOf } from "./source-model.ts";

export interface PullerDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly cameras: PulledCameras;
  readonly open: OpenSource;
}

const FIRST_MS = 1_000;
const LONGEST_MS = 60_000;
/** Cameras lock out who tries wrong passwords; somebody else's connection is not fought over. */
const SELDOM_MS = 300_000;
const SELDOM: ReadonlySet<string> = new Set([
  "credentials",
  "taken",
  "address",
  "address_private",
  "unencrypted",
]);
/** A loss is told for so long. */
const TOLD_MS = 60_000;
/** Pictures come as evenly as networks bring them. */
const EARLY_RATIO = 0.85;

/** Fetches the pictures of one camera, and again after every end. */
export class Puller {
  readonly source: ChosenSource;
  readonly as: "copy" | "jpeg";
  readonly #deps: PullerDeps;
  readonly #ending = new AbortController();
  #state: "connecting" | "delivering" | "waiting" = "connecting";
  #trouble: Trouble | undefined;
  #nextMs: UnixMs | undefined;
  #cutMs = Number.NEGATIVE_INFINITY;
  #refusedMs = Number.NEGATIVE_INFINITY;
  #takenMs = Number.NEGATIVE_INFINITY;
  #convertRatio: number | undefined;
  #failures = 0;
  #ended: Promise<void> = Promise.resolve();

  constructor(source: ChosenSource, as: "copy" | "jpeg", deps: PullerDeps) {
    this.source = source;
    this.as = as;
    this.#deps = deps;
  }

  start(): void {
    this.#ended = this.#run();
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#ended;
  }

  get state(): "connecting" | "delivering" | "waiting" {
    return this.#state;
  }

  get nextMs(): UnixMs | undefined {
    return this.#nextMs;
  }

  /** Which share of a core it takes to make pictures of the video; undefined where none are made. */
  get convertRatio(): number | undefined {
    return this.#convertRatio;
  }

  get trouble(): Trouble | undefined {
    if (this.#trouble !== undefined) return this.#trouble;
    const nowMs = this.#deps.clock.monotonicMs();
    if (nowMs - this.#refusedMs < TOLD_MS && this.#takenMs < this.#refusedMs) return { problem: "refused" };
    return nowMs - this.#cutMs < TOLD_MS ? { problem: "cut" } : undefined;
  }

  async #run(): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      this.#state = "connecting";
      this.#nextMs = undefined;
      const trouble = await this.#fetch();
      if (signal.aborted) return;
      const { cameraId } = this.source;
      if (trouble.problem !== this.#trouble?.problem)
        this.#deps.log.warn({ cameraId, ...trouble }, "camera_source.failed");
      this.#trouble = trouble;
      await this.#wait(trouble);
    }
  }

  /** One connection, until it ends. */
  async #fetch(): Promise<Trouble> {
    const { cameras, clock, open } = this.#deps;
    const { tenantId, cameraId, url, allowPrivate } = this.source;
    const ending = new AbortController();
    const signal = AbortSignal.any([ending.signal, this.#ending.signal]);
    let isTaken = false;
    const from: FrameSource = {
      tenantId,
      cameraId,
      way: "pull",
      via: kindOf(url),
      address: new URL(url).hostname,
      replaced() {
        isTaken = true;
        ending.abort();
      },
    };
    try {
      const pictures = open(specOf(this.source), {
        signal,
        as: this.as,
        allowPrivate,
        onLoss: (reason) => {
          if (reason === "too_large") this.#cutMs = clock.monotonicMs();
        },
        onCost: (coreRatio) => {
          this.#convertRatio = coreRatio;
        },
      });
      for await (const picture of pictures) if (!signal.aborted) this.#give(from, picture);
      return { problem: isTaken ? "taken" : "ended" };
    } catch (error) {
      return troubleOf(error);
    } finally {
      ending.abort();
      cameras.end(from);
    }
  }

  #give(from: FrameSource, { kind, bytes, takenMs }: CapturedPicture): void {
    const { cameras, clock } = this.#deps;
    const nowMs = clock.monotonicMs();
    if (this.#state !== "delivering") {
      this.#state = "delivering";
      this.#trouble = undefined;
      this.#failures = 0;
    }
    // What is too fast for the camera's setting is left out here: nobody sends too much, it is only not wanted.
    const perSecond = cameras.settingsOf(from.cameraId)?.maxFramesPerSecond ?? 1;
    if (kind === "jpeg" && nowMs - this.#takenMs < (EARLY_RATIO * 1_000) / perSecond) return;
    const refusal = cameras.take(from, { kind: PICTURE_KINDS[kind], bytes, deviceMs: takenMs });
    if (refusal === undefined) this.#takenMs = nowMs;
    else this.#refusedMs = nowMs;
  }

  #wait({ problem }: Trouble): Promise<void> {
    const { clock, random } = this.#deps;
    const ceilingMs = SELDOM.has(problem) ? SELDOM_MS : Math.min(LONGEST_MS, FIRST_MS * 2 ** this.#failures);
    this.#failures = Math.min(this.#failures + 1, 10);
    const waitMs = ceilingMs * (0.5 + random.ratio() / 2);
    this.#state = "waiting";
    this.#nextMs = clock.nowMs() + Math.round(waitMs);
    return new Promise((resolve) => {
      const { signal } = this.#ending;
      const done = (): void => {
        timer.cancel();
        signal.removeEventListener("abort", done);
        resolve();
      };
      const timer: Timer = clock.after(waitMs, done);
      signal.addEventListener("abort", done, { once: true });
    });
  }
}
