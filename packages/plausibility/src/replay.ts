import type { UnixMs } from "@gatehouse/base";
import { clamp } from "./statistics.ts";

/** Values in one fingerprint; how many of them must differ, and change: what rests or ticks repeats itself honestly. */
const WINDOW = 12;
const MIN_DISTINCT = 4;
const MIN_CHANGES = 7;
/** Places for fingerprints, a power of two, and about how many of them a day gives. A newer one takes an older one's place. */
const PLACES = 512;
const PER_DAY = 64;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** A match younger than this is the device's own rhythm. */
const MIN_LAG_MS = 3_600_000;
/** Lags of one replay differ by less than this. */
const LAG_TOLERANCE_MS = 600_000;
/** Without a further match for this long the replay is over. */
const FORGET_MS = 6 * 3_600_000;
const SLOWEST_MS = 3_600_000;

const NONE = new Int32Array(0);

export interface SavedReplay {
  readonly intervalMs: number;
  /** Place, fingerprint, minute; only places in use. */
  readonly marks: readonly (readonly [place: number, mark: number, minute: number])[];
}

/**
 * Notices that a device says again, value by value, what it said before. Of each `WINDOW` values a fingerprint is
 * made; those whose low bits are zero are kept, so the same stretch is kept at the same places whenever it comes
 * (winnowing: Schleimer, Wilkerson, Aiken 2003). Several matches in a row at one lag are a replay.
 */
export class ReplayWatch {
  readonly #hashes = new Int32Array(WINDOW);
  /** Made with the first fingerprint: most devices of most types never have one. */
  #marks: Int32Array = NONE;
  #minutes: Int32Array = NONE;
  #at = 0;
  #count = 0;
  #lastMs: UnixMs = 0;
  #intervalMs = 0;
  #matches = 0;
  #matchedMs: UnixMs = 0;
  lagMs = 0;

  /** Matches in a row at one lag. */
  matches(nowMs: UnixMs): number {
    return nowMs - this.#matchedMs < FORGET_MS ? this.#matches : 0;
  }

  add(tsMs: UnixMs, hash: number): void {
    if (this.#lastMs > 0) {
      const gapMs = Math.min(tsMs - this.#lastMs, SLOWEST_MS);
      this.#intervalMs += (gapMs - this.#intervalMs) / (this.#intervalMs === 0 ? 1 : 32);
    }
    this.#lastMs = tsMs;
    this.#hashes[this.#at] = hash;
    this.#at = (this.#at + 1) % WINDOW;
    if (++this.#count < WINDOW) return;
    const mark = this.#mark();
    if ((mark & this.#mask()) !== 0 || !this.#isTelling()) return;
    this.#makePlaces();
    const place = (mark >>> 20) & (PLACES - 1);
    this.#look(place, mark, tsMs);
    this.#marks[place] = mark;
    this.#minutes[place] = tsMs / MINUTE_MS;
  }

  /** What came before is not compared with any more. */
  forget(): void {
    this.#minutes.fill(0);
    this.#matches = 0;
  }

  save(): SavedReplay {
    const marks: [number, number, number][] = [];
    for (let place = 0; place < this.#minutes.length; place++) {
      const minute = this.#minutes[place] as number;
      if (minute > 0) marks.push([place, this.#marks[place] as number, minute]);
    }
    return { intervalMs: Math.round(this.#intervalMs), marks };
  }

  restore({ intervalMs, marks }: SavedReplay): void {
    this.#intervalMs = intervalMs;
    if (marks.length > 0) this.#makePlaces();
    for (const [place, mark, minute] of marks) {
      this.#marks[place] = mark;
      this.#minutes[place] = minute;
    }
  }

  #makePlaces(): void {
    if (this.#marks.length > 0) return;
    this.#marks = new Int32Array(PLACES);
    this.#minutes = new Int32Array(PLACES);
  }

  #look(place: number, mark: number, tsMs: UnixMs): void {
    const lagMs = tsMs - (this.#minutes[place] as number) * MINUTE_MS;
    if (this.#minutes[place] === 0 || this.#marks[place] !== mark || lagMs < MIN_LAG_MS) return;
    const goesOn = Math.abs(lagMs - this.lagMs) <= LAG_TOLERANCE_MS && this.matches(tsMs) > 0;
    this.#matches = goesOn ? this.#matches + 1 : 1;
    this.lagMs = lagMs;
    this.#matchedMs = tsMs;
  }

  #mark(): number {
    let mark = 0;
    for (let i = this.#at; i < WINDOW; i++) mark = folded(mark, this.#hashes[i] as number);
    for (let i = 0; i < this.#at; i++) mark = folded(mark, this.#hashes[i] as number);
    return mixed(mark);
  }

  /** Low bits that must be zero: so many that about `PER_DAY` fingerprints of a day remain. */
  #mask(): number {
    const perDay = this.#intervalMs > 0 ? DAY_MS / this.#intervalMs : PER_DAY;
    return 2 ** clamp(Math.round(Math.log2(perDay / PER_DAY)), 0, 16) - 1;
  }

  #isTelling(): boolean {
    let distinct = 0;
    let changes = 0;
    for (let i = 0; i < WINDOW; i++) {
      const hash = this.#hashes[(this.#at + i) % WINDOW];
      let isNew = 1;
      for (let j = 0; j < i; j++) if (hash === this.#hashes[(this.#at + j) % WINDOW]) isNew = 0;
      distinct += isNew;
      if (i > 0 && hash !== this.#hashes[(this.#at + i - 1) % WINDOW]) changes++;
    }
    return distinct >= MIN_DISTINCT && changes >= MIN_CHANGES;
  }
}

const folded = (mark: number, hash: number): number => Math.imul(mark ^ hash, 0x5bd1e995) ^ (mark >>> 15);

const scratch = new Float64Array(1);
const words = new Int32Array(scratch.buffer);

/** Of a number, on top of another hash. */
export function hashNumber(value: number, onto = 0): number {
  scratch[0] = value;
  const hash = Math.imul(onto ^ (words[0] as number), 0x85ebca6b);
  return mixed(Math.imul((hash ^ (hash >>> 13) ^ (words[1] as number)) | 0, 0xc2b2ae35));
}

/** Every bit of the input reaches every bit of the answer (MurmurHash3's finaliser). */
function mixed(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
