import { type Segment, segmentAfter, segmentAt } from "./chunks.ts";

/** Segments are read and kept by spans of ten minutes, which are the same for everybody who asks. */
const WINDOW_MS = 600_000;
const MAX_WINDOWS = 150;
/** How long what is being recorded now is believed. */
const FRESH_MS = 1_500;
/** After this time nothing is written into a span any more. */
const SETTLED_MS = 180_000;
const BACK_MS = 3 * 3_600_000;
const LONGEST_SEARCH_MS = 31 * 86_400_000;

/** Reads segments that overlap a span, oldest first; `more` when the span has further ones. */
export type ReadSegments = (
  fromMs: number,
  toMs: number,
) => Promise<{ readonly items: readonly Segment[]; readonly more: boolean }>;

interface Window {
  readonly reading: Promise<readonly Segment[]>;
  segments: readonly Segment[] | undefined;
  readonly readMs: number;
}

/** The recordings of one camera, read where they are looked at. */
export class SegmentList {
  readonly #windows = new Map<number, Window>();
  readonly #read: ReadSegments;
  readonly #nowMs: () => number;

  constructor(read: ReadSegments, nowMs: () => number) {
    this.#read = read;
    this.#nowMs = nowMs;
  }

  /** What is known without asking: undefined says that it has to be asked for, null that nothing is recorded there. */
  peek(atMs: number): Segment | null | undefined {
    const window = this.#windows.get(windowOf(atMs));
    if (window?.segments === undefined) return undefined;
    const found = segmentAt(window.segments, atMs);
    // Whoever is at the end of what is being written asks again.
    const isBehind = found === undefined || (found.state === "open" && atMs > found.lastMs);
    return isBehind && !this.#isFresh(windowOf(atMs), window) ? undefined : (found ?? null);
  }

  async find(atMs: number): Promise<Segment | undefined> {
    return segmentAt(await this.#window(windowOf(atMs)), atMs);
  }

  /** When the next recording after a gap begins. */
  async nextStart(atMs: number): Promise<number | undefined> {
    const here = segmentAfter(await this.#window(windowOf(atMs)), atMs);
    if (here !== undefined) return here.firstMs;
    const fromMs = windowOf(atMs) + WINDOW_MS;
    const toMs = Math.min(fromMs + LONGEST_SEARCH_MS, this.#nowMs());
    if (toMs <= fromMs) return undefined;
    const { items } = await this.#read(fromMs, toMs);
    return items.find(({ firstMs }) => firstMs > atMs)?.firstMs;
  }

  /** When the recording before a gap ends, if that is within three hours. */
  async previousEnd(atMs: number): Promise<number | undefined> {
    const here = windowOf(atMs);
    for (let fromMs = here; fromMs >= 0 && fromMs > here - BACK_MS; fromMs -= WINDOW_MS) {
      const segments = await this.#window(fromMs);
      const found = segments.findLast(({ lastMs }) => lastMs < atMs);
      if (found !== undefined) return found.lastMs;
    }
    return undefined;
  }

  #window(fromMs: number): Promise<readonly Segment[]> {
    const known = this.#windows.get(fromMs);
    if (known !== undefined && (known.segments === undefined || this.#isFresh(fromMs, known)))
      return known.reading;
    const reading = this.#readWindow(fromMs);
    const window: Window = { reading, segments: known?.segments, readMs: this.#nowMs() };
    this.#windows.delete(fromMs);
    this.#windows.set(fromMs, window);
    reading.then(
      (segments) => {
        window.segments = segments;
      },
      () => {
        if (this.#windows.get(fromMs) === window) this.#windows.delete(fromMs);
      },
    );
    for (const oldest of this.#windows.keys()) {
      if (this.#windows.size <= MAX_WINDOWS) break;
      this.#windows.delete(oldest);
    }
    return reading;
  }

  async #readWindow(fromMs: number): Promise<readonly Segment[]> {
    const toMs = fromMs + WINDOW_MS;
    const found = new Map<string, Segment>();
    for (let atMs = fromMs - 1; atMs < toMs; ) {
      const { items, more } = await this.#read(Math.max(0, atMs), toMs);
      const before = found.size;
      for (const segment of items) found.set(segment.id, segment);
      const last = items.at(-1);
      if (!more || last === undefined || found.size === before) break;
      atMs = last.lastMs;
    }
    return [...found.values()].sort((one, other) => one.firstMs - other.firstMs);
  }

  #isFresh(fromMs: number, { readMs }: Window): boolean {
    const isSettled = readMs > fromMs + WINDOW_MS + SETTLED_MS;
    return isSettled || this.#nowMs() - readMs < FRESH_MS;
  }
}

const windowOf = (atMs: number): number => Math.floor(atMs / WINDOW_MS) * WINDOW_MS;
