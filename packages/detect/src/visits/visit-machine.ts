import { LONGEST_EVENT_MS, type MotionZone, zonesAt } from "@gatehouse/motion";
import { DEFAULT_TRACKER_SETTINGS, type Track, Tracker } from "../tracking/tracker.ts";
import { type FollowedThing, type FoundThing, type Seen, type VisitChange, VisitNotes } from "./visit.ts";

export interface VisitSettings {
  /** What stands in none of the watch zones, or in an ignore zone, does not count. Feet decide: the middle of the lower edge. */
  readonly zones: readonly MotionZone[];
  /** Lower things are left out: share of the picture's height. */
  readonly minHeightRatio: number;
  /** Shorter visits are none. */
  readonly minMs: number;
  /** A visit is over when nobody was found for this long. */
  readonly endAfterMs: number;
}

/** What a detector found in one picture. */
export interface VisitLook {
  readonly atMs: number;
  readonly things: readonly FoundThing[];
}

export interface Followed {
  /** What counts of the look. */
  readonly things: readonly FollowedThing[];
  /** At most an end and then a beginning. */
  readonly changes: readonly VisitChange[];
}

/** Nobody looks: then what goes on ended with the last look that found it, though none said that it is over. */
const SILENT_MS = 10_000;
/** Who is hidden for longer is somebody else. */
const LONGEST_MEMORY_MS = 10_000;

/**
 * From looks to visits, for one camera. A visit begins when one thing was found in three looks, goes on while any such
 * thing is there, and ends when a look finds none of them any more for a while. Pure: looks come with their times, in
 * order; the same looks give the same visits.
 */
export class VisitMachine {
  #settings: VisitSettings;
  #tracker: Tracker;
  #notes: VisitNotes | undefined;
  /** Of the newest look. */
  #lookedMs = Number.NEGATIVE_INFINITY;
  /** Of the last visit: no other begins before. */
  #endedMs = Number.NEGATIVE_INFINITY;

  constructor(settings: VisitSettings) {
    this.#settings = settings;
    this.#tracker = newTracker(settings);
  }

  retune(settings: VisitSettings): void {
    const isOther = settings.endAfterMs !== this.#settings.endAfterMs;
    this.#settings = settings;
    if (isOther && this.#notes === undefined) this.#tracker = newTracker(settings);
  }

  /** Whether somebody is there who counts. */
  get isGoingOn(): boolean {
    return this.#notes?.sureMs !== undefined;
  }

  take({ atMs, things }: VisitLook): Followed {
    const changes = this.pass(atMs);
    const counting = things.flatMap((thing) => this.#counting(thing));
    const present = this.#tracker.look(
      counting.map(({ thing }) => toDetection(thing)),
      atMs,
    );
    this.#lookedMs = atMs;
    const seen = present.filter(({ lastMs }) => lastMs === atMs).map((track) => seenAs(track, counting));
    const sure = seen.filter(({ track }) => track.isConfirmed);
    if (sure.length > 0) changes.push(...this.#add(sure, atMs));
    changes.push(...this.#over());
    if (this.#notes === undefined && present.length === 0) this.#tracker = newTracker(this.#settings);
    return { things: seen.map(({ thing }) => thing), changes };
  }

  /** Time goes by without looks. */
  pass(nowMs: number): VisitChange[] {
    const notes = this.#notes;
    if (notes === undefined) return [];
    if (nowMs - notes.startMs >= LONGEST_EVENT_MS) return this.#close();
    const isSilent = nowMs - notes.lastMs >= this.#settings.endAfterMs + SILENT_MS;
    return isSilent ? this.#leave(notes) : this.#over();
  }

  /** Nobody looks any more. */
  end(): VisitChange[] {
    this.#tracker = newTracker(this.#settings);
    return this.#close();
  }

  #counting(thing: FoundThing): { readonly thing: FoundThing; readonly zones: readonly string[] }[] {
    if (thing.height < this.#settings.minHeightRatio) return [];
    const zones = zonesAt(this.#settings.zones, [thing.x + thing.width / 2, thing.y + thing.height]);
    return zones === undefined ? [] : [{ thing, zones }];
  }

  #add(sure: readonly Seen[], atMs: number): VisitChange[] {
    const firstMs = Math.min(...sure.map(({ track }) => track.firstMs));
    this.#notes ??= new VisitNotes(Math.max(firstMs, this.#endedMs + 1));
    const notes = this.#notes;
    notes.add(sure, atMs);
    const isNew = notes.sureMs === undefined;
    if (isNew && atMs - notes.startMs < this.#settings.minMs) return [];
    notes.sureMs ??= atMs;
    return [{ kind: isNew ? "began" : "went_on", visit: notes.visit(notes.sureMs) }];
  }

  /** A look has found nobody for so long. */
  #over(): VisitChange[] {
    const notes = this.#notes;
    return notes !== undefined && this.#lookedMs - notes.lastMs >= this.#settings.endAfterMs
      ? this.#leave(notes)
      : [];
  }

  /** Who comes back now is somebody else. */
  #leave({ lastMs }: VisitNotes): VisitChange[] {
    this.#tracker.forget(lastMs);
    return this.#close();
  }

  #close(): VisitChange[] {
    const notes = this.#notes;
    this.#notes = undefined;
    if (notes?.sureMs === undefined) return [];
    this.#endedMs = notes.lastMs;
    return [{ kind: "ended", visit: notes.visit(notes.sureMs) }];
  }
}

const newTracker = ({ endAfterMs }: VisitSettings): Tracker =>
  new Tracker({
    ...DEFAULT_TRACKER_SETTINGS,
    forgetAfterMs: Math.min(LONGEST_MEMORY_MS, Math.max(DEFAULT_TRACKER_SETTINGS.forgetAfterMs, endAfterMs)),
  });

/** The tracker only compares boxes with each other: shares of the picture do as well as pixels. */
const toDetection = ({ label, score, x, y, width, height }: FoundThing) => ({
  ...{ label, score },
  ...{ x1: x, y1: y, x2: x + width, y2: y + height },
});

function seenAs(track: Track, counting: readonly { thing: FoundThing; zones: readonly string[] }[]): Seen {
  const { x1, y1, x2, y2 } = track.box;
  const found = counting.find(
    ({ thing: { label, x, y, width, height } }) =>
      label === track.label && x === x1 && y === y1 && x + width === x2 && y + height === y2,
  ) as (typeof counting)[number];
  return { track, thing: { ...found.thing, track: track.id }, zones: found.zones };
}
