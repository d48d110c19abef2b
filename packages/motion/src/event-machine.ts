import type { Look } from "./gate.ts";

/** What a look says to the machine. */
export type Seen = Pick<Look, "atMs" | "share" | "moves" | "zones">;

export interface EventSettings {
  /** An event ends when nothing moved for this long. */
  readonly endAfterMs: number;
  /** Looks that move before it is an event; 3 unless told, 5 at most. */
  readonly looksToBegin?: number;
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

/** `began` comes once, with the look that makes it an event; `went_on` whenever something moves; `ended` once. */
export interface EventChange {
  readonly kind: "began" | "went_on" | "ended";
  readonly event: MotionEvent;
}

const LOOKS_TO_BEGIN = 3;
/** The looks that begin an event come within this time. */
const BEGIN_WITHIN_MS = 10_000;
/** Of the newest looks this many may be still between them. */
const LOOKS_REMEMBERED = 5;
/** A street that never rests is many events, not one for ever. */
export const LONGEST_EVENT_MS = 10 * 60_000;

/** From looks to events, for one camera; `idle` → `going on` → `idle`. */
export class EventMachine {
  #settings: EventSettings;
  #newest: Seen[] = [];
  #event: MotionEvent | undefined;

  constructor(settings: EventSettings) {
    this.#settings = settings;
  }

  retune(settings: EventSettings): void {
    this.#settings = settings;
  }

  get event(): MotionEvent | undefined {
    return this.#event;
  }

  /** Looks come in order of their time. At most an end and then a beginning. */
  take(look: Seen): EventChange[] {
    const ended = this.pass(look.atMs);
    if (this.#event !== undefined) return look.moves ? [...ended, this.#goOn(look)] : ended;
    this.#newest = [...this.#newest.slice(1 - LOOKS_REMEMBERED), look];
    const moved = this.#newest.filter((one) => one.moves && look.atMs - one.atMs <= BEGIN_WITHIN_MS);
    const [first, ...others] = moved;
    const enough = moved.length >= (this.#settings.looksToBegin ?? LOOKS_TO_BEGIN);
    if (!look.moves || first === undefined || !enough) return ended;
    this.#newest = [];
    this.#event = others.reduce(extend, begin(first));
    return [...ended, { kind: "began", event: this.#event }];
  }

  /** Time goes by, with looks or without. */
  pass(nowMs: number): EventChange[] {
    const event = this.#event;
    if (event === undefined) return [];
    const over =
      nowMs - event.lastMs >= this.#settings.endAfterMs || nowMs - event.startMs >= LONGEST_EVENT_MS;
    return over ? this.end() : [];
  }

  /** Nobody looks any more. */
  end(): EventChange[] {
    const event = this.#event;
    this.#event = undefined;
    this.#newest = [];
    return event === undefined ? [] : [{ kind: "ended", event }];
  }

  #goOn(look: Seen): EventChange {
    this.#event = extend(this.#event as MotionEvent, look);
    return { kind: "went_on", event: this.#event };
  }
}

const begin = ({ atMs, share, zones }: Seen): MotionEvent => ({
  startMs: atMs,
  lastMs: atMs,
  strength: share,
  bestMs: atMs,
  zones,
});

function extend(event: MotionEvent, { atMs, share, zones }: Seen): MotionEvent {
  const better = share > event.strength;
  return {
    startMs: event.startMs,
    lastMs: atMs,
    strength: better ? share : event.strength,
    bestMs: better ? atMs : event.bestMs,
    zones: [...new Set([...event.zones, ...zones])],
  };
}
