import type { MonotonicMs, UnixMs, Uuid } from "@gatehouse/base";
import { cameras } from "@gatehouse/contract";
import type { Channel } from "./channels.ts";
import { Credits } from "./credits.ts";
import type { LiveMessage } from "./message.ts";
import { Pace } from "./pace.ts";
import type { NewestFound, Standing } from "./ports.ts";

type FoundBox = cameras.FoundBox;

/** What is older is not shown as if it were now. */
export const OLD_AFTER_MS = 10_000;

/** One camera that one viewer shows. */
export class Shown {
  readonly cameraId: Uuid;
  credits = new Credits();
  /** Whose frames come; undefined while it may not be seen, or the ledger is still writing. */
  channel: Channel | undefined;
  listener: () => void = () => undefined;
  isBeginning = false;
  told: Standing | undefined;
  wantsFound = false;
  #pace = new Pace(undefined);
  #found: NewestFound | undefined;
  #sent: LiveMessage | undefined;
  #sentInit: LiveMessage | undefined;

  constructor(cameraId: Uuid) {
    this.cameraId = cameraId;
  }

  wish(maxFps: number | undefined, wantsFound: boolean): void {
    this.#pace = new Pace(maxFps);
    this.wantsFound = wantsFound;
    if (!wantsFound) this.#found = undefined;
  }

  /** What is to be told now of what was found: by a look that was not told of, and not nothing after nothing. */
  newsOf(newest: NewestFound | undefined, nowMs: UnixMs): { atMs: UnixMs; boxes: FoundBox[] } | undefined {
    const told = this.#found;
    if (newest === undefined || newest.atMs === told?.atMs || nowMs - newest.atMs > OLD_AFTER_MS)
      return undefined;
    this.#found = newest;
    const isNothing = newest.boxes.length === 0 && (told === undefined || told.boxes.length === 0);
    return isNothing ? undefined : { atMs: newest.atMs, boxes: [...newest.boxes] };
  }

  /** What goes out now: the newest frame, with what its decoder needs first; undefined when that is nothing. */
  next(nowMs: UnixMs, monotonicMs: MonotonicMs): readonly LiveMessage[] | undefined {
    const { newest, init } = this.channel ?? {};
    if (newest === undefined || newest === this.#sent || !this.credits.left) return undefined;
    if (nowMs - newest.frame.takenMs > OLD_AFTER_MS) return undefined;
    if (newest.frame.kind === cameras.FRAME_KINDS.jpeg)
      return this.#pace.isDue(monotonicMs) ? [newest] : undefined;
    return init === undefined || init === this.#sentInit ? [newest] : [init, newest];
  }

  sent(messages: readonly LiveMessage[], atMs: MonotonicMs): void {
    for (const message of messages) {
      if (message === this.channel?.init) this.#sentInit = message;
      else {
        this.#sent = message;
        this.credits.sent(message.frame.number, atMs);
        this.#pace.sent(atMs);
      }
    }
  }

  /** What was on its way does not count any more when it is shown again. */
  stop(): void {
    this.channel = undefined;
    this.credits = new Credits();
    this.#sent = undefined;
    this.#sentInit = undefined;
    this.#found = undefined;
  }
}
