import type { MonotonicMs } from "@gatehouse/base";
import { cameras } from "@gatehouse/contract";

/** What is on its way to one viewer takes no longer than this, where the line allows it. */
const ON_THE_WAY_MS = 350;
/** The second quickest of so many frames counts: one alone may have been held up, or have come with the one before, by chance. */
const REMEMBERED = 4;
/** Where one is allowed, two are tried for four of so many frames: a line that is long and not narrow takes both at once. */
const TRY_EVERY = 128;

/**
 * How many frames of one camera may be on their way to one viewer. On a line with room that is LIVE_CREDITS, which hides
 * its delay; on a narrow one so many fewer that the newest is not stuck behind older ones. The viewer's answers tell
 * how long the line takes for a frame: bytes that wait in the kernel or in a proxy are seen by nobody else.
 */
export class Credits {
  readonly #onTheWay: { readonly number: number; readonly sentMs: MonotonicMs }[] = [];
  #answeredMs: MonotonicMs = Number.NEGATIVE_INFINITY;
  #tookMs: readonly number[] = [];
  #answers = 0;
  /** Before the second answer next to nothing is known of the line. */
  #allowed = 1;

  get left(): boolean {
    return this.#onTheWay.length < this.#allowed;
  }

  sent(number: number, atMs: MonotonicMs): void {
    this.#onTheWay.push({ number, sentMs: atMs });
  }

  /** This frame was drawn, and those before it will not be any more. False for one that is not on its way. */
  drawn(number: number, atMs: MonotonicMs): boolean {
    const at = this.#onTheWay.findIndex((frame) => frame.number === number);
    if (at === -1) return false;
    const firstSentMs = this.#onTheWay[0]?.sentMs ?? atMs;
    const tookMs = (atMs - Math.max(firstSentMs, this.#answeredMs)) / (at + 1);
    this.#tookMs = [...this.#tookMs.slice(1 - REMEMBERED), tookMs];
    this.#answeredMs = atMs;
    this.#answers++;
    this.#onTheWay.splice(0, at + 1);
    this.#allowed = this.#judge();
    return true;
  }

  #judge(): number {
    const [, tookMs = Number.POSITIVE_INFINITY] = this.#tookMs.toSorted((a, b) => a - b);
    const frames = Math.floor(ON_THE_WAY_MS / Math.max(1, tookMs));
    if (frames > 1) return Math.min(cameras.LIVE_CREDITS, frames);
    const tried = this.#answers % TRY_EVERY;
    return tried >= 1 && tried <= REMEMBERED ? 2 : 1;
  }
}
