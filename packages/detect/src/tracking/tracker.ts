import type { Box, Detection } from "../detector.ts";
import { areaOf, intersectionOverUnion } from "../output/candidate.ts";

export interface TrackerSettings {
  /** Boxes of two looks are one thing when they cover each other at least that much, 0…1. */
  readonly minOverlap: number;
  /** Who is not seen for longer has gone. */
  readonly forgetAfterMs: number;
  /** A thing counts from so many looks on, so that a single wrong look is nobody. */
  readonly confirmAfterLooks: number;
  /** Boxes lower than that share of the picture are left out, 0…1. */
  readonly minHeightRatio: number;
}

/** Somebody whom the detector misses for three seconds, behind a post, is still the same. */
export const DEFAULT_TRACKER_SETTINGS: TrackerSettings = {
  minOverlap: 0.2,
  forgetAfterMs: 3_000,
  confirmAfterLooks: 3,
  minHeightRatio: 0.03,
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

export interface Tracked {
  /** All that are in the picture or were a moment ago, the oldest first. */
  readonly present: readonly Track[];
  /** Those that have gone since the last look, counted ones alone. */
  readonly gone: readonly Track[];
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

  /** @param pictureHeight pixels of the picture that the boxes are in */
  look(detections: readonly Detection[], atMs: number, pictureHeight: number): Tracked {
    const { minHeightRatio, forgetAfterMs, confirmAfterLooks } = this.#settings;
    const large = detections.filter(({ y1, y2 }) => y2 - y1 >= minHeightRatio * pictureHeight);
    const left = this.#match(large, atMs);
    for (const detection of left) this.#begin(detection, atMs);
    for (const track of this.#open) track.isConfirmed = track.looks >= confirmAfterLooks;
    const hasGone = (track: Open): boolean => atMs - track.lastMs > forgetAfterMs;
    const gone = this.#open.filter(hasGone);
    this.#open = this.#open.filter((track) => !hasGone(track));
    return {
      present: this.#open.map(copyOf),
      gone: gone.filter(({ isConfirmed }) => isConfirmed).map(copyOf),
    };
  }

  /** The camera ends, or was silent: all have gone. */
  end(): readonly Track[] {
    const counted = this.#open.filter(({ isConfirmed }) => isConfirmed).map(copyOf);
    this.#open = [];
    return counted;
  }

  /** The pairs that cover each other most come first; answers the boxes that belong to nobody known. */
  #match(detections: readonly Detection[], atMs: number): Detection[] {
    const pairs = this.#open
      .flatMap((track) =>
        detections.map((detection) => ({ track, detection, overlap: likeness(track, detection, atMs) })),
      )
      .filter(({ overlap }) => overlap >= this.#settings.minOverlap)
      .toSorted((one, other) => other.overlap - one.overlap);
    const taken = new Set<Open | Detection>();
    for (const { track, detection } of pairs) {
      if (taken.has(track) || taken.has(detection)) continue;
      taken.add(track).add(detection);
      goOn(track, detection, atMs);
    }
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
