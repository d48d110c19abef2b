import type { Clock, Timer } from "@gatehouse/base";
import { type CaptureLimits, type SourceFault, sourceError } from "./source.ts";

const LOOK_EVERY_MS = 500;

/**
 * Ends what never begins, and what says nothing any more. Its time is the number of its looks: while the machine stands
 * still none is taken, however long that is, for what came meanwhile is read only after the next.
 */
export class Watch {
  readonly #timer: Timer;
  #looks = 0;
  /** How many looks there had been when something came. */
  #heardAt: number | undefined;
  #hasGiven = false;

  /** `neverWhole`: something came, and no picture of it. */
  constructor(
    clock: Clock,
    limits: CaptureLimits,
    onOver: (error: Error) => void,
    neverWhole: SourceFault = "no_key_frame",
  ) {
    this.#timer = clock.every(LOOK_EVERY_MS, () => {
      this.#looks++;
      const heardAt = this.#heardAt;
      if (heardAt !== undefined && this.#isLonger(heardAt, limits.silentMs)) onOver(sourceError("silent"));
      else if (!this.#hasGiven && this.#isLonger(0, limits.beginMs))
        onOver(sourceError(heardAt === undefined ? "timeout" : neverWhole));
    });
  }

  /** Whether more than this went by since there were so many looks: the first one after may have come at once. */
  #isLonger(sinceLooks: number, ms: number): boolean {
    return (this.#looks - sinceLooks - 1) * LOOK_EVERY_MS >= ms;
  }

  /** Something of the pictures came. */
  heard(): void {
    this.#heardAt = this.#looks;
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
