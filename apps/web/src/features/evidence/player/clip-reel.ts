import { describeTrack, type Found, sampleTimes } from "@gatehouse/video";
import type { Ahead } from "../../recordings/player/playhead.ts";
import type { CheckedClip, CheckedSegment, OpenedPicture } from "../check/model.ts";

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Fragments of H.264 that have one initialisation. */
export interface Part {
  readonly id: string;
  readonly startMs: number;
  readonly init: Uint8Array | undefined;
  readonly fragments: readonly OpenedPicture[];
}

/** What is seen of a clip at an instant. */
export type ClipShown =
  | { readonly kind: "picture"; readonly picture: OpenedPicture }
  | { readonly kind: "video"; readonly segment: Part; readonly chunk: number }
  /** It is not what was sealed: it is not shown. */
  | { readonly kind: "changed"; readonly segment: CheckedSegment }
  | { readonly kind: "gap" };

/** A picture stands for so long where no other follows; then nothing was recorded. */
const STANDS_MS = 5_000;
/** A box is of the picture that was looked at, and of those that follow closely. */
const BOX_STANDS_MS = 400;

/** The pictures of a clip by time, as this browser opened them. */
export class ClipReel {
  readonly span: Span;
  readonly #clip: CheckedClip;
  readonly #parts: readonly Part[];

  constructor(clip: CheckedClip, span: Span) {
    this.#clip = clip;
    this.span = span;
    this.#parts = partsOf(clip.pictures);
  }

  at(ms: number): ClipShown {
    const segment = this.#changedAt(ms);
    if (segment !== undefined) return { kind: "changed", segment };
    const { pictures } = this.#clip;
    const picture = pictures[lastBefore(pictures, ms)];
    if (picture === undefined || ms - picture.takenMs > STANDS_MS) return { kind: "gap" };
    if (picture.kind === "jpeg") return { kind: "picture", picture };
    const part = this.#parts.find(({ fragments }) => fragments.includes(picture));
    if (part === undefined) return { kind: "gap" };
    return { kind: "video", segment: part, chunk: part.fragments.indexOf(picture) };
  }

  /** Number of the segment of an instant, from 1; undefined where nothing is recorded. */
  segmentAt(ms: number): { readonly number: number; readonly segment: CheckedSegment } | undefined {
    const { segments } = this.#clip;
    const at = segments.findLastIndex(({ fromMs, toMs }) => fromMs <= ms && ms <= toMs + STANDS_MS);
    const segment = segments[at];
    return segment && { number: at + 1, segment };
  }

  /** The newest look at what is shown, when it is not too old for it. */
  foundAt(ms: number): Found | undefined {
    const found = this.#clip.found.findLast(({ takenMs }) => takenMs <= ms);
    return found !== undefined && ms - found.takenMs <= BOX_STANDS_MS ? found : undefined;
  }

  /** The picture after (1) or before (-1) an instant, within the span. */
  step(ms: number, by: 1 | -1): number | undefined {
    const times = this.#times().filter((time) => time >= this.span.fromMs && time <= this.span.toMs);
    return by > 0 ? times.find((time) => time > ms) : times.findLast((time) => time < ms);
  }

  readonly ahead = (ms: number, isBackwards: boolean): Ahead => {
    const { fromMs, toMs } = this.span;
    if (ms < fromMs || ms > toMs) return { kind: "end" };
    if (this.at(ms).kind !== "gap") return { kind: "ready" };
    const next = this.step(ms, isBackwards ? -1 : 1);
    return next === undefined ? { kind: "end" } : { kind: "jump", toMs: next };
  };

  /** The nearest instant of the span. */
  within(ms: number): number {
    return Math.min(this.span.toMs, Math.max(this.span.fromMs, ms));
  }

  /** The last instant that playing on has something to say about, or backwards the first; undefined without any. */
  edge(isBackwards: boolean): number | undefined {
    const { fromMs, toMs } = this.span;
    const changed = this.#clip.segments
      .filter((one) => one.state === "changed" && one.fromMs <= toMs && one.toMs >= fromMs)
      .map((one) => this.within(isBackwards ? one.fromMs : one.toMs));
    const isInSpan = (ms: number): boolean => ms >= fromMs && ms <= toMs;
    const times = this.#times();
    const shown = isBackwards ? times.find(isInSpan) : times.findLast(isInSpan);
    const all = shown === undefined ? changed : [...changed, shown];
    if (all.length === 0) return undefined;
    return isBackwards ? Math.min(...all) : Math.max(...all);
  }

  async initOf({ init }: Part): Promise<Uint8Array | undefined> {
    return init;
  }

  fragmentsOf({ startMs, fragments }: Part, chunk: number) {
    const fragment = fragments[chunk];
    return fragment === undefined ? [] : [{ offsetMs: fragment.takenMs - startMs, bytes: fragment.bytes }];
  }

  #changedAt(ms: number): CheckedSegment | undefined {
    return this.#clip.segments.find(
      ({ state, fromMs, toMs }) => state === "changed" && fromMs <= ms && ms <= toMs,
    );
  }

  #memo: readonly number[] | undefined;
  #times(): readonly number[] {
    this.#memo ??= [
      ...this.#clip.pictures.flatMap(({ kind, takenMs }) => (kind === "jpeg" ? [takenMs] : [])),
      ...this.#parts.flatMap(timesOf),
    ].sort((a, b) => a - b);
    return this.#memo;
  }
}

/** Index of the last picture taken at or before an instant; -1 for none. */
function lastBefore(pictures: readonly OpenedPicture[], ms: number): number {
  let [low, high] = [0, pictures.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((pictures[middle]?.takenMs ?? 0) <= ms) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function partsOf(pictures: readonly OpenedPicture[]): Part[] {
  const parts: { id: string; startMs: number; init: Uint8Array | undefined; fragments: OpenedPicture[] }[] =
    [];
  for (const picture of pictures) {
    if (picture.kind !== "h264") continue;
    const last = parts.at(-1);
    if (last !== undefined && last.init === picture.init) last.fragments.push(picture);
    else
      parts.push({
        id: String(picture.takenMs),
        startMs: picture.takenMs,
        init: picture.init,
        fragments: [picture],
      });
  }
  return parts;
}

/** When the pictures inside fragments are shown, which last until the next fragment at most. */
function timesOf({ init, fragments }: Part): number[] {
  const track = init && describeTrack(init);
  return fragments.flatMap(({ bytes, takenMs }, n) => {
    const endMs = fragments[n + 1]?.takenMs ?? Number.POSITIVE_INFINITY;
    const inside = (track && sampleTimes(bytes, track)) ?? [0];
    return inside.map((ms) => takenMs + Math.ceil(ms)).filter((ms) => ms < endMs);
  });
}
