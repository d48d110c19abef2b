import type { Box, Detection } from "../detector.ts";
import { areaOf, intersectionOverUnion } from "../output/candidate.ts";

export interface TrackerSettings {
  /** Boxes of two looks are one thing when they cover each other at least that much, 0…1. */
  readonly minOverlap: number;
  /** Who is not seen for longer has gone. */
  readonly forgetAfterMs: number;
  /** A thing counts from so many looks on, so that a single wrong look is nobody. */
  readonly confirmAfterLooks: number;
}

/** Somebody whom the detector misses for three seconds, behind a post, is still the same. */
export const DEFAULT_TRACKER_SETTINGS: TrackerSettings = {
  minOverlap: 0.2,
  forgetAfterMs: 3_000,
  confirmAfterLooks: 3,
};

/** One thing over time. */
export interface Track {
  /** 1 for the first of this tracker. */
  readonly id: number;
  readonly label: string;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly looks: number;
  /** Seen often enough to count. */
  readonly isConfirmed: boolean;
  readonly box: Box;
  /** The most certain look. */
  readonly best: { readonly atMs: number; readonly score: number; readonly box: Box };
  /** Where its feet were: the middle of the lower edge, oldest first, thinned to at most `MAX_PATH`. */
  readonly path: readonly PathPoint[];
}

export interface PathPoint {
  readonly atMs: number;
  readonly x: number;
  readonly y: number;
}

export const MAX_TRACKS = 100;
export const MAX_PATH = 256;

type Open = { -readonly [Key in keyof Track]: Track[Key] } & {
  path: PathPoint[];
  stepX: number;
  stepY: number;
};

/**
 * Follows things from look to look by how much their boxes cover each other, moved on as they moved last. Pure:
 * looks come with their times, in order; the same looks give the same tracks. Of one camera.
 */
export class Tracker {
  readonly #settings: TrackerSettings;
  #open: Open[] = [];
  #nextId = 1;

  constructor(settings: TrackerSettings = DEFAULT_TRACKER_SETTINGS) {
    this.#settings = settings;
  }

  /** Answers all that are in the picture or were a moment ago, the oldest first. */
  look(detections: readonly Detection[], atMs: number): readonly Track[] {
    const { forgetAfterMs, confirmAfterLooks } = this.#settings;
    for (const detection of this.#match(detections, atMs)) this.#begin(detection, atMs);
    for (const track of this.#open) track.isConfirmed = track.looks >= confirmAfterLooks;
    this.#open = this.#open.filter(({ lastMs }) => atMs - lastMs <= forgetAfterMs);
    return this.#open.map(copyOf);
  }

  /** Those that were not seen after this time have gone, whatever is remembered. */
  forget(lastMs: number): void {
    this.#open = this.#open.filter((track) => track.lastMs > lastMs);
  }

  /**
   * The pairs that cover each other most come first. Who is left may be somebody whom the last looks missed, or who
   * walked out of the old box between two looks: the nearest that could have come from there. Answers the boxes that
   * belong to nobody known.
   */
  #match(detections: readonly Detection[], atMs: number): Detection[] {
    const { minOverlap } = this.#settings;
    const taken = new Set<Open | Detection>();
    const pair = (measure: (track: Open, detection: Detection) => number, least: number): void => {
      const pairs = this.#open
        .filter((track) => !taken.has(track))
        .flatMap((track) =>
          detections
            .filter((detection) => !taken.has(detection))
            .map((detection) => ({ track, detection, measure: measure(track, detection) })),
        )
        .filter(({ measure }) => measure >= least)
        .toSorted((one, other) => other.measure - one.measure);
      for (const { track, detection } of pairs) {
        if (taken.has(track) || taken.has(detection)) continue;
        taken.add(track).add(detection);
        goOn(track, detection, atMs);
      }
    };
    pair((track, detection) => likeness(track, detection, atMs), minOverlap);
    pair((track, detection) => nearness(track, detection, atMs), Number.MIN_VALUE);
    return detections.filter((detection) => !taken.has(detection));
  }

  /** More things at once than that are a crowd: those that come later are not followed. */
  #begin({ label, score, x1, y1, x2, y2 }: Detection, atMs: number): void {
    if (this.#open.length >= MAX_TRACKS) return;
    const box = { x1, y1, x2, y2 };
    this.#open.push({
      id: this.#nextId++,
      label,
      firstMs: atMs,
      lastMs: atMs,
      looks: 1,
      isConfirmed: false,
      box,
      best: { atMs, score, box },
      path: [feetOf(box, atMs)],
      stepX: 0,
      stepY: 0,
    });
  }
}

/** How much a box covers where the thing is by now; nothing when it is another kind of thing. */
function likeness({ label, box, lastMs, stepX, stepY }: Open, detection: Detection, atMs: number): number {
  if (label !== detection.label || areaOf(detection) === 0) return 0;
  const [x, y] = [stepX * (atMs - lastMs), stepY * (atMs - lastMs)];
  const moved = { x1: box.x1 + x, y1: box.y1 + y, x2: box.x2 + x, y2: box.y2 + y };
  return Math.max(intersectionOverUnion(box, detection), intersectionOverUnion(moved, detection));
}

/** How far somebody can have gone: in heights of a person, at once and more for each second; at most. */
const REACH = { atOnce: 0.3, perSecond: 0.8, most: 1.5 } as const;
/** A person is so many widths high. */
const WIDTHS_A_HEIGHT = 2;
/** The same thing is not much larger or smaller a moment later. */
const MAX_GROWTH = 2.5;

/** 1 at the very place, 0 from where it cannot have come; of boxes of one kind and about one size. */
function nearness({ label, box, lastMs, stepX, stepY }: Open, detection: Detection, atMs: number): number {
  const [was, is] = [areaOf(box), areaOf(detection)];
  if (label !== detection.label || is === 0 || was / is > MAX_GROWTH || is / was > MAX_GROWTH) return 0;
  const elapsedMs = atMs - lastMs;
  const reach = Math.min(REACH.most, REACH.atOnce + (REACH.perSecond * elapsedMs) / 1_000);
  const width = ((box.x2 - box.x1 + detection.x2 - detection.x1) / 2) * WIDTHS_A_HEIGHT;
  const height = (box.y2 - box.y1 + detection.y2 - detection.y1) / 2;
  const x = (detection.x1 + detection.x2 - box.x1 - box.x2) / 2;
  const y = (detection.y1 + detection.y2 - box.y1 - box.y2) / 2;
  const distance = (x: number, y: number): number => Math.hypot(x / width, y / height);
  return Math.max(
    0,
    1 - Math.min(distance(x, y), distance(x - stepX * elapsedMs, y - stepY * elapsedMs)) / reach,
  );
}

function goOn(track: Open, { x1, y1, x2, y2, score }: Detection, atMs: number): void {
  const box = { x1, y1, x2, y2 };
  const [before, now] = [feetOf(track.box, track.lastMs), feetOf(box, atMs)];
  const elapsedMs = Math.max(1, atMs - track.lastMs);
  track.stepX = (track.stepX + (now.x - before.x) / elapsedMs) / 2;
  track.stepY = (track.stepY + (now.y - before.y) / elapsedMs) / 2;
  track.box = box;
  track.lastMs = atMs;
  track.looks++;
  if (score > track.best.score) track.best = { atMs, score, box };
  track.path.push(now);
  // Every second point goes; the first stays where the thing came in, the last where it is.
  if (track.path.length > MAX_PATH) track.path = track.path.filter((_, i) => i % 2 === 0 || i === MAX_PATH);
}

const feetOf = ({ x1, x2, y2 }: Box, atMs: number): PathPoint => ({ atMs, x: (x1 + x2) / 2, y: y2 });

const copyOf = ({ stepX: _x, stepY: _y, path, ...track }: Open): Track => ({ ...track, path: [...path] });
