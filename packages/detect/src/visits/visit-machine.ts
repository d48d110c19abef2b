import { LONGEST_EVENT_MS } from "@gatehouse/motion";
import { DEFAULT_TRACKER_SETTINGS, type Track, Tracker } from "../tracking/tracker.ts";
import { Stays } from "./stays.ts";
import { type FollowedThing, type FoundThing, type Seen, type VisitChange, VisitNotes } from "./visit.ts";
import type { VisitSettings } from "./visit-settings.ts";
import { type VisitZone, zonesOf } from "./visit-zone.ts";

/** What a detector found in one picture. */
export interface VisitLook {
  readonly atMs: number;
  readonly things: readonly FoundThing[];
}

export interface Followed {
  /** What counts of the look, or will when it has stayed in its zone for long enough. */
  readonly things: readonly FollowedThing[];
  /** At most an end and then a beginning. */
  readonly changes: readonly VisitChange[];
}

/** Nobody looks: then what goes on ended with the last look that found it, though none said that it is over. */
const SILENT_MS = 10_000;
/** Who is hidden for longer is somebody else. */
const LONGEST_MEMORY_MS = 10_000;

/** What of a look may count, and where. */
interface Placed {
  readonly thing: FoundThing;
  readonly zones: readonly VisitZone[];
}

/**
 * From looks to visits, for one camera. A visit begins when one thing was found in three looks and stayed for as long as
 * its zone asks, goes on while any such thing is there, and ends when a look finds none of them any more for a while.
 * Pure: looks come with their times, in order; the same looks give the same visits.
 */
export class VisitMachine {
  #settings: VisitSettings;
  #tracker: Tracker;
  #stays: Stays;
  #notes: VisitNotes | undefined;
  /** Of the newest look. */
  #lookedMs = Number.NEGATIVE_INFINITY;
  /** Of the last visit: no other begins before. */
  #endedMs = Number.NEGATIVE_INFINITY;

  constructor(settings: VisitSettings) {
    this.#settings = settings;
    [this.#tracker, this.#stays] = afresh(settings);
  }

  retune(settings: VisitSettings): void {
    const isOther = settings.endAfterMs !== this.#settings.endAfterMs;
    this.#settings = settings;
    if (isOther && this.#notes === undefined) [this.#tracker, this.#stays] = afresh(settings);
  }

  /** Whether somebody is there who counts. */
  get isGoingOn(): boolean {
    return this.#notes?.sureMs !== undefined;
  }

  take({ atMs, things }: VisitLook): Followed {
    const changes = this.pass(atMs);
    const placed = things.flatMap((thing) => this.#placed(thing));
    const present = this.#tracker.look(
      placed.map(({ thing }) => toDetection(thing)),
      atMs,
    );
    this.#lookedMs = atMs;
    this.#stays.keep(present);
    const seen = present
      .filter(({ lastMs }) => lastMs === atMs)
      .map((track) => this.#seen(track, placedAs(track, placed)));
    const sure = seen.filter(({ track, fromMs }) => track.isConfirmed && fromMs <= atMs);
    if (sure.length > 0) changes.push(...this.#add(sure, atMs));
    changes.push(...this.#over());
    if (this.#notes === undefined && present.length === 0)
      [this.#tracker, this.#stays] = afresh(this.#settings);
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
    [this.#tracker, this.#stays] = afresh(this.#settings);
    return this.#close();
  }

  #placed(thing: FoundThing): Placed[] {
    const { minHeightRatio, maxHeightRatio, zones: all } = this.#settings;
    if (thing.height < minHeightRatio || thing.height > maxHeightRatio) return [];
    const zones = zonesOf(all, thing);
    return zones === undefined ? [] : [{ thing, zones }];
  }

  #seen(track: Track, { thing, zones }: Placed): Seen {
    const stayed = this.#stays.note(track.id, zones, track.lastMs);
    return { track, thing: { ...thing, track: track.id }, ...stayed };
  }

  #add(sure: readonly Seen[], atMs: number): VisitChange[] {
    const fromMs = Math.min(...sure.map((one) => one.fromMs));
    this.#notes ??= new VisitNotes(Math.max(fromMs, this.#endedMs + 1));
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

/** Who is not seen for so long has gone, from his zones too. */
function afresh({ endAfterMs }: VisitSettings): [Tracker, Stays] {
  const { forgetAfterMs: leastMs } = DEFAULT_TRACKER_SETTINGS;
  const forgetAfterMs = Math.min(LONGEST_MEMORY_MS, Math.max(leastMs, endAfterMs));
  return [new Tracker({ ...DEFAULT_TRACKER_SETTINGS, forgetAfterMs }), new Stays(forgetAfterMs)];
}

/** The tracker only compares boxes with each other: shares of the picture do as well as pixels. */
const toDetection = ({ label, score, x, y, width, height }: FoundThing) => ({
  ...{ label, score },
  ...{ x1: x, y1: y, x2: x + width, y2: y + height },
});

function placedAs(track: Track, placed: readonly Placed[]): Placed {
  const { x1, y1, x2, y2 } = track.box;
  return placed.find(
    ({ thing: { label, x, y, width, height } }) =>
      label === track.label && x === x1 && y === y1 && x + width === x2 && y + height === y2,
  ) as Placed;
}
