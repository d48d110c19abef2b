import type { Clock, Timer } from "@gatehouse/base";
import { type CaptureLimits, type SourceFault, sourceError } from "./source.ts";

const LOOK_EVERY_MS = 500;

/** Ends what never begins, and what says nothing any more. */
export class Watch {
  readonly #clock: Clock;
  readonly #timer: Timer;
  #heardMs: number | undefined;
  #hasGiven = false;

  /** `neverWhole`: something came, and no picture of it. */
  constructor(
    clock: Clock,
    limits: CaptureLimits,
    onOver: (error: Error) => void,
    neverWhole: SourceFault = "no_key_frame",
  ) {
    this.#clock = clock;
    const beganMs = clock.monotonicMs();
    this.#timer = clock.every(LOOK_EVERY_MS, () => {
      const nowMs = clock.monotonicMs();
      const heardMs = this.#heardMs;
      if (heardMs !== undefined && nowMs - heardMs > limits.silentMs) onOver(sourceError("silent"));
      else if (!this.#hasGiven && nowMs - beganMs > limits.beginMs)
        onOver(sourceError(heardMs === undefined ? "timeout" : neverWhole));
    });
  }

  /** Something of the pictures came. */
  heard(): void {
    this.#heardMs = this.#clock.monotonicMs();
  }

  /** A whole one was given on. */
  gave(): void {
    this.#hasGiven = true;
    this.heard();
  }

  stop(): void {
    this.#timer.cancel();
  }
}
