import type { Track } from "../tracking/tracker.ts";

/** Where something was found, as shares of the picture: left and upper edge, width and height. */
export interface FoundThing {
  readonly label: string;
  /** 0…1. */
  readonly score: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** `track`: the same thing has the same number as long as a visit lasts. */
export interface FollowedThing extends FoundThing {
  readonly track?: number;
}

/** Somebody, or something, came before a camera and went: all that was there at the same time is one visit. */
export interface Visit {
  /** Of the first look that found somebody who was sure later. */
  readonly startMs: number;
  /** Of the last look that found anybody of it. */
  readonly lastMs: number;
  /** When it was sure: that of the third look. */
  readonly sureMs: number;
  /** Most certain first. */
  readonly labels: readonly string[];
  readonly zones: readonly string[];
  /** Seen in one look at most, and altogether: of people, where there are any, else of all that is looked for. */
  readonly mostAtOnce: number;
  readonly counted: number;
  /** Of the most certain look. */
  readonly bestMs: number;
  readonly best: FollowedThing;
  /** Where the most certain one stood, the middle of the lower edge as shares of the picture, oldest first. */
  readonly path: readonly (readonly [x: number, y: number])[];
  /** Largest share of the picture that one covered. */
  readonly areaRatio: number;
}

/** `began` comes once, with the look that makes it sure; `went_on` with each that finds somebody; `ended` once. */
export interface VisitChange {
  readonly kind: "began" | "went_on" | "ended";
  readonly visit: Visit;
}

export const MAX_VISIT_PATH = 64;
/** As models call somebody. */
export const PERSON = "person";

/** One thing that a look found and that counts. */
export interface Seen {
  readonly track: Track;
  readonly thing: FollowedThing;
  /** Of its place, those in which it counts. */
  readonly zones: readonly string[];
  /** Since when it counts; infinite while it has stayed in no zone for long enough. */
  readonly fromMs: number;
}

/** What is remembered of a visit while it goes on. */
export class VisitNotes {
  readonly startMs: number;
  readonly #all = new Count();
  readonly #people = new Count();
  readonly #scores = new Map<string, number>();
  readonly #zones = new Set<string>();
  #lastMs: number;
  #areaRatio = 0;
  #best: Best | undefined;
  #path: Visit["path"] = [];
  /** Undefined while it is too short to be one. */
  sureMs: number | undefined;

  constructor(startMs: number) {
    this.startMs = startMs;
    this.#lastMs = startMs;
  }

  get lastMs(): number {
    return this.#lastMs;
  }

  /** @param seen all that one look found of it; at least one */
  add(seen: readonly Seen[], atMs: number): void {
    this.#lastMs = atMs;
    this.#all.add(seen);
    this.#people.add(seen.filter(({ thing }) => thing.label === PERSON));
    for (const one of seen) this.#addOne(one);
  }

  #addOne({ track, thing, zones }: Seen): void {
    for (const zone of zones) this.#zones.add(zone);
    const { score } = track.best;
    this.#scores.set(thing.label, Math.max(score, this.#scores.get(thing.label) ?? 0));
    this.#areaRatio = Math.max(this.#areaRatio, thing.width * thing.height);
    const best = bestOf(track, thing, this.startMs);
    if (this.#best === undefined || best.thing.score > this.#best.thing.score) this.#best = best;
    if (track.id === this.#best.thing.track) this.#path = pathOf(track);
  }

  /** @param sureMs when it became one */
  visit(sureMs: number): Visit {
    const best = this.#best as Best;
    const { mostAtOnce, counted } = this.#people.counted > 0 ? this.#people : this.#all;
    return {
      startMs: this.startMs,
      lastMs: this.#lastMs,
      sureMs,
      labels: [...this.#scores].toSorted(([, one], [, other]) => other - one).map(([label]) => label),
      zones: [...this.#zones],
      mostAtOnce,
      counted,
      bestMs: best.atMs,
      best: best.thing,
      path: this.#path,
      areaRatio: this.#areaRatio,
    };
  }
}

interface Best {
  readonly thing: FollowedThing;
  readonly atMs: number;
}

/** Of this visit: somebody who stays for longer than the longest has been in others before. */
function bestOf(track: Track, thing: FollowedThing, startMs: number): Best {
  const { score, atMs, box } = track.best;
  if (atMs < startMs) return { thing, atMs: track.lastMs };
  const { x1: x, y1: y, x2, y2 } = box;
  return { thing: { ...thing, score, x, y, width: x2 - x, height: y2 - y }, atMs };
}

class Count {
  readonly #tracks = new Set<number>();
  mostAtOnce = 0;

  get counted(): number {
    return this.#tracks.size;
  }

  add(seen: readonly Seen[]): void {
    this.mostAtOnce = Math.max(this.mostAtOnce, seen.length);
    for (const { track } of seen) this.#tracks.add(track.id);
  }
}

/** As many points as are kept, the first and the last among them. */
function pathOf({ path }: Track): Visit["path"] {
  const step = Math.max(1, (path.length - 1) / (MAX_VISIT_PATH - 1));
  const count = Math.min(path.length, MAX_VISIT_PATH);
  return Array.from({ length: count }, (_, i) => {
    const { x, y } = path[Math.round(i * step)] as { readonly x: number; readonly y: number };
    return [share(x), share(y)] as const;
  });
}

const share = (value: number): number => Math.min(1, Math.max(0, value));
