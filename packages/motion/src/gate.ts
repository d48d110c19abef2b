import { CellGroups, FOREGROUND_PIXELS } from "./cell-groups.ts";
import { CellNoise, type NoiseRates, noiseRates, shareAfter } from "./cell-noise.ts";
import { CELL_PIXELS, CELLS, COLUMNS, LUMA_HEIGHT, LUMA_WIDTH, PIXELS_PER_CELL } from "./grid.ts";
import { type Tuning, tuningOf } from "./tuning.ts";
import { type MotionZone, type ZoneMask, zoneMask } from "./zones.ts";

export interface GateSettings {
  /** 1…100. */
  readonly sensitivity: number;
  readonly zones: readonly MotionZone[];
}

/** What one picture shows. */
export interface Look {
  readonly atMs: number;
  /** Too dark to judge. */
  readonly dark: boolean;
  /** The background is being learned. Nothing moves in the dark and while learning. */
  readonly learning: boolean;
  /** Of the watched cells, 0…1: those that the largest thing that moves covers. */
  readonly share: number;
  /** The share from which on something moves. */
  readonly threshold: number;
  readonly moves: boolean;
  /** Watch zones in which cells move. */
  readonly zones: readonly string[];
}

const BACKGROUND_TIME_MS = 20_000;
/** What stands before the background becomes part of it more slowly. */
const FOREGROUND_TIME_MS = 60_000;
const RECENT_TIME_MS = 500;
const LEARNING_TIME_MS = 1_000;
const LEARNING_MS = 2_000;
/** Longer without a picture, and what was known of the scene is old. */
const FORGET_MS = 30_000;

/** A cell is lit above this luma; a picture with a smaller share of lit cells is dark, until a larger one is lit. */
const LIT_LUMA = 24;
const DARK_SHARE = 0.02;
const LIGHT_SHARE = 0.04;

/** So many cells lighter, or darker, by so much from one look to the next: a lamp, not motion. */
const LIGHT_CELLS = 0.75 * CELLS;
const LIGHT_LUMA = 10;
/** From few cells that change to most of them at once: the camera was pushed. */
const MOST_CELLS = 0.6 * CELLS;
const FEW_CELLS = 0.25 * CELLS;
/** More pixels of a cell than that, and it changes. */
const CHANGED_PIXELS = PIXELS_PER_CELL / 4;

const STRONGEST = 9;

/** Of one camera. Pictures come in order of their time. */
export class MotionGate {
  readonly #background = new Float32Array(LUMA_WIDTH * LUMA_HEIGHT);
  readonly #recent = new Float32Array(LUMA_WIDTH * LUMA_HEIGHT);
  readonly #backgroundMeans = new Float32Array(CELLS);
  readonly #recentMeans = new Float32Array(CELLS);
  readonly #means = new Float32Array(CELLS);
  readonly #sorted = new Float32Array(CELLS);
  /** Pixels of each cell that differ from the background, and from the recent picture by half as much. */
  readonly #foreground = new Uint8Array(CELLS);
  readonly #changed = new Uint8Array(CELLS);
  readonly #cells = new Uint8Array(CELLS);
  readonly #groups = new CellGroups();
  readonly #noise = new CellNoise();
  #tuning: Tuning;
  #mask: ZoneMask;
  #lastMs: number | undefined;
  #learningUntilMs = 0;
  #dark = false;
  #changedBefore = 0;

  constructor(settings: GateSettings) {
    this.#tuning = tuningOf(settings.sensitivity);
    this.#mask = zoneMask(settings.zones);
  }

  /** Other settings, the same scene: nothing is learned anew. */
  retune(settings: GateSettings): void {
    this.#tuning = tuningOf(settings.sensitivity);
    this.#mask = zoneMask(settings.zones);
  }

  /** Of the newest look, row by row: 0 still … 9 strongest. A copy. */
  cells(): Uint8Array {
    return this.#cells.slice();
  }

  /** 1 for each cell that counts. */
  get watched(): Uint8Array {
    return this.#mask.watched;
  }

  /**
   * @param luma LUMA_WIDTH × LUMA_HEIGHT bytes, row by row
   * @param atMs when the picture was taken; only differences count
   */
  look(luma: Uint8Array, atMs: number): Look {
    if (luma.length !== LUMA_WIDTH * LUMA_HEIGHT) throw new RangeError(`${luma.length} bytes of luma`);
    this.#averageCells(luma);
    const wasDark = this.#dark;
    this.#dark = this.#litShare() < (wasDark ? LIGHT_SHARE : DARK_SHARE);
    if (this.#dark) return this.#still(atMs, { dark: true, learning: false });
    const sinceMs = this.#lastMs === undefined ? -1 : atMs - this.#lastMs;
    this.#lastMs = atMs;
    if (wasDark || sinceMs < 0 || sinceMs > FORGET_MS) return this.#learnAnew(luma, atMs);
    if (this.#isOtherLight()) return this.#learnAnew(luma, atMs);
    const learning = atMs < this.#learningUntilMs;
    this.#compare(luma, sinceMs, learning);
    const before = this.#changedBefore;
    this.#changedBefore = this.#changed.reduce((sum, pixels) => sum + (pixels > CHANGED_PIXELS ? 1 : 0), 0);
    if (learning) return this.#still(atMs, { dark: false, learning });
    if (this.#changedBefore >= MOST_CELLS && before <= FEW_CELLS) return this.#learnAnew(luma, atMs);
    return this.#judge(atMs);
  }

  #averageCells(luma: Uint8Array): void {
    const means = this.#means.fill(0);
    for (let y = 0, at = 0; y < LUMA_HEIGHT; y++) {
      const row = Math.floor(y / CELL_PIXELS) * COLUMNS;
      for (let column = 0; column < COLUMNS; column++) {
        let sum = 0;
        for (const end = at + CELL_PIXELS; at < end; at++) sum += luma[at] as number;
        means[row + column] = (means[row + column] as number) + sum;
      }
    }
    for (let cell = 0; cell < CELLS; cell++) means[cell] = (means[cell] as number) / PIXELS_PER_CELL;
  }

  #litShare(): number {
    let lit = 0;
    for (const mean of this.#means) if (mean > LIT_LUMA) lit++;
    return lit / CELLS;
  }

  #isOtherLight(): boolean {
    let [lighter, darker] = [0, 0];
    for (let cell = 0; cell < CELLS; cell++) {
      const change = (this.#means[cell] as number) - (this.#recentMeans[cell] as number);
      if (change > LIGHT_LUMA) lighter++;
      else if (change < -LIGHT_LUMA) darker++;
    }
    return lighter >= LIGHT_CELLS || darker >= LIGHT_CELLS;
  }

  /** By how much the whole picture is lighter than what is known of it: what most cells say, whatever moves in few. */
  #lighterThan(known: Float32Array): number {
    for (let cell = 0; cell < CELLS; cell++)
      this.#sorted[cell] = (this.#means[cell] as number) - (known[cell] as number);
    return this.#sorted.sort()[CELLS / 2] as number;
  }

  #learnAnew(luma: Uint8Array, atMs: number): Look {
    this.#background.set(luma);
    this.#recent.set(luma);
    this.#backgroundMeans.set(this.#means);
    this.#recentMeans.set(this.#means);
    this.#learningUntilMs = atMs + LEARNING_MS;
    this.#changedBefore = 0;
    return this.#still(atMs, { dark: false, learning: true });
  }

  /** Counts the pixels of each cell that differ, and lets background, recent picture and noise follow. */
  #compare(luma: Uint8Array, sinceMs: number, learning: boolean): void {
    const lighter = this.#lighterThan(this.#backgroundMeans);
    const lighterNow = this.#lighterThan(this.#recentMeans);
    const recentShare = shareAfter(sinceMs, RECENT_TIME_MS);
    const stillShare = shareAfter(sinceMs, learning ? LEARNING_TIME_MS : BACKGROUND_TIME_MS);
    const foregroundShare = learning ? stillShare : shareAfter(sinceMs, FOREGROUND_TIME_MS);
    const rates = noiseRates(sinceMs);
    const [background, recent] = [this.#background, this.#recent];
    for (let cell = 0; cell < CELLS; cell++) {
      const threshold = this.#noise.threshold(cell, this.#tuning.luma);
      const half = threshold / 2;
      let [foreground, changed, deviation, backgroundSum, recentSum] = [0, 0, 0, 0, 0];
      const first = Math.floor(cell / COLUMNS) * CELL_PIXELS * LUMA_WIDTH + (cell % COLUMNS) * CELL_PIXELS;
      for (let line = 0; line < CELL_PIXELS; line++) {
        const start = first + line * LUMA_WIDTH;
        for (let at = start; at < start + CELL_PIXELS; at++) {
          const value = luma[at] as number;
          const fromBackground = value - (background[at] as number);
          const fromRecent = value - (recent[at] as number);
          const now = Math.abs(fromRecent - lighterNow);
          const differs = Math.abs(fromBackground - lighter) > threshold;
          if (differs) foreground++;
          if (now > half) changed++;
          deviation += now;
          const followed =
            (background[at] as number) + fromBackground * (differs ? foregroundShare : stillShare);
          background[at] = followed;
          backgroundSum += followed;
          const followedNow = (recent[at] as number) + fromRecent * recentShare;
          recent[at] = followedNow;
          recentSum += followedNow;
        }
      }
      this.#backgroundMeans[cell] = backgroundSum / PIXELS_PER_CELL;
      this.#recentMeans[cell] = recentSum / PIXELS_PER_CELL;
      this.#foreground[cell] = foreground;
      this.#changed[cell] = changed;
      const isStill = foreground < FOREGROUND_PIXELS;
      this.#noise.learn(cell, deviation / PIXELS_PER_CELL, rateOf(rates, isStill, learning));
    }
  }

  #judge(atMs: number): Look {
    const { watched, count, zones } = this.#mask;
    const largest = this.#groups.find(this.#foreground, this.#changed, watched);
    const { sizes } = this.#groups;
    for (let cell = 0; cell < CELLS; cell++) {
      const pixels = sizes[cell] === 0 ? 0 : (this.#foreground[cell] as number);
      this.#cells[cell] = Math.ceil((pixels * STRONGEST) / PIXELS_PER_CELL);
    }
    const share = count === 0 ? 0 : largest / count;
    const threshold = this.#threshold();
    const moves = count > 0 && share >= threshold;
    const counts = (cell: number): boolean => (sizes[cell] as number) >= threshold * count;
    const touched = moves ? zones.filter(({ cells }) => cells.some(counts)) : [];
    const names = touched.map(({ name }) => name);
    return { atMs, dark: false, learning: false, share, threshold, moves, zones: names };
  }

  /** A thing is as large in the picture whatever is watched of it; but half of a small zone is enough. */
  #threshold(): number {
    const { count } = this.#mask;
    return count === 0 ? 1 : Math.min(this.#tuning.cells, Math.ceil(count / 2)) / count;
  }

  #still(atMs: number, why: Pick<Look, "dark" | "learning">): Look {
    this.#cells.fill(0);
    return { atMs, ...why, share: 0, threshold: this.#threshold(), moves: false, zones: [] };
  }
}

const rateOf = (rates: NoiseRates, isStill: boolean, learning: boolean): number => {
  if (learning) return rates.learning;
  return isStill ? rates.still : rates.moving;
};
