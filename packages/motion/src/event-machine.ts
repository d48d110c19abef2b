import type { Look } from "./gate.ts";

export interface EventSettings {
  /** An event ends when nothing moved for this long. */
  readonly endAfterMs: number;
}

export interface MotionEvent {
  /** Of the first look that moved. */
  readonly startMs: number;
  /** Of the last look that moved, until now. */
  readonly lastMs: number;
  /** Largest share, and when it was. */
  readonly strength: number;
  readonly bestMs: number;
  /** In order of their first motion. */
  readonly zones: readonly string[];
}

/** `began` comes once, with the third look that moves; `went_on` whenever something moves; `ended` once. */
export interface EventChange {
  readonly kind: "began" | "went_on" | "ended";
  readonly event: MotionEvent;
}

/** Looks that move before it is an event, and the time in which they must come. */
const LOOKS_TO_BEGIN = 3;
const BEGIN_WITHIN_MS = 10_000;
/** Of the newest looks this many may be still between them. */
const LOOKS_REMEMBERED = 5;
/** A street that never rests is many events, not one for ever. */
const LONGEST_MS = 10 * 60_000;

/** From looks to events, for one camera; `idle` → `going on` → `idle`. */
export class EventMachine {
  #endAfterMs: number;
  #newest: Pick<Look, "atMs" | "share" | "moves" | "zones">[] = [];
  #event: MotionEvent | undefined;

  constructor(settings: EventSettings) {
    this.#endAfterMs = settings.endAfterMs;
  }

  retune(settings: EventSettings): void {
    this.#endAfterMs = settings.endAfterMs;
  }

  get event(): MotionEvent | undefined {
    return this.#event;
  }

  /** Looks come in order of their time. At most an end and then a beginning. */
  take(look: Pick<Look, "atMs" | "share" | "moves" | "zones">): EventChange[] {
    const ended = this.pass(look.atMs);
    if (this.#event !== undefined) return look.moves ? [...ended, this.#goOn(look)] : ended;
    this.#newest = [...this.#newest.slice(1 - LOOKS_REMEMBERED), look];
    const moved = this.#newest.filter((one) => one.moves && look.atMs - one.atMs <= BEGIN_WITHIN_MS);
    const [first, ...others] = moved;
    if (!look.moves || first === undefined || moved.length < LOOKS_TO_BEGIN) return ended;
    this.#newest = [];
    this.#event = others.reduce(extend, begin(first));
    return [...ended, { kind: "began", event: this.#event }];
  }

  /** Time goes by, with looks or without. */
  pass(nowMs: number): EventChange[] {
    const event = this.#event;
    if (event === undefined) return [];
    const over = nowMs - event.lastMs >= this.#endAfterMs || nowMs - event.startMs >= LONGEST_MS;
    return over ? this.end() : [];
  }

  /** Nobody looks any more. */
  end(): EventChange[] {
    const event = this.#event;
    this.#event = undefined;
    this.#newest = [];
    return event === undefined ? [] : [{ kind: "ended", event }];
  }

  #goOn(look: Pick<Look, "atMs" | "share" | "zones">): EventChange {
    this.#event = extend(this.#event as MotionEvent, look);
    return { kind: "went_on", event: this.#event };
  }
}

const begin = ({ atMs, share, zones }: Pick<Look, "atMs" | "share" | "zones">): MotionEvent => ({
  startMs: atMs,
  lastMs: atMs,
  strength: share,
  bestMs: atMs,
  zones,
});

function extend(event: MotionEvent, { atMs, share, zones }: Pick<Look, "atMs" | "share" | "zones">): MotionEvent {
  const better = share > event.strength;
  return {
    startMs: event.startMs,
    lastMs: atMs,
    strength: better ? share : event.strength,
    bestMs: better ? atMs : event.bestMs,
    zones: [...new Set([...event.zones, ...zones])],
  };
}
