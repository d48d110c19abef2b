import type { Clock, Timer } from "@gatehouse/base";
import { type CaptureLimits, sourceError } from "./source.ts";

const LOOK_EVERY_MS = 500;

/** Ends what never begins, and what says nothing any more. */
export class Watch {
  readonly #clock: Clock;
  readonly #timer: Timer;
  #heardMs: number | undefined;
  #hasGiven = false;

  constructor(clock: Clock, limits: CaptureLimits, onOver: (error: Error) => void) {
    this.#clock = clock;
    const beganMs = clock.monotonicMs();
    this.#timer = clock.every(LOOK_EVERY_MS, () => {
      const nowMs = clock.monotonicMs();
      const heardMs = this.#heardMs;
      if (!this.#hasGiven && nowMs - beganMs > limits.beginMs)
        onOver(sourceError(heardMs === undefined ? "timeout" : "no_key_frame"));
      else if (heardMs !== undefined && nowMs - heardMs > limits.silentMs) onOver(sourceError("silent"));
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
