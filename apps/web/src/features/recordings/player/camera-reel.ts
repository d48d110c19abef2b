import { systemClock } from "@gatehouse/base";
import {
  describeTrack,
  FRAME_KINDS,
  type Frame,
  isPicture,
  sampleTimes,
  type TrackDescription,
} from "@gatehouse/video";
import type { ChunkStore } from "./chunk-store.ts";
import { chunkAt, type Segment } from "./chunks.ts";
import type { SegmentList } from "./segment-list.ts";

/** What a camera showed at an instant. */
export type Shown =
  | { readonly kind: "picture"; readonly segment: Segment; readonly chunk: number; readonly frame: Frame }
  | { readonly kind: "video"; readonly segment: Segment; readonly chunk: number; readonly frame: Frame }
  /** The chunk was changed or is broken: it is not shown. */
  | { readonly kind: "damaged"; readonly segment: Segment; readonly chunk: number }
  | { readonly kind: "gap" };

/** A server that does not answer is not asked again at once. */
const RETRY_MS = 1_000;
/** Read ahead so much of what the speed will need, within these bounds. */
const AHEAD_MS = 3_000;
const MOST_AHEAD_MS = 24_000;

export const timeOf = (segment: Segment, frame: Frame): number => segment.startMs + frame.offsetMs;

/** One camera's recordings as frames by time. */
export class CameraReel {
  readonly segments: SegmentList;
  readonly #chunks: ChunkStore;
  #ahead: AbortController | undefined;

  constructor(segments: SegmentList, chunks: ChunkStore) {
    this.segments = segments;
    this.#chunks = chunks;
  }

  /** What can be shown without asking; undefined when it has to be read. */
  peek(atMs: number): Shown | undefined {
    const segment = this.segments.peek(atMs);
    if (segment === undefined) return undefined;
    if (segment === null) return { kind: "gap" };
    const chunk = chunkAt(segment, atMs);
    const loaded = this.#chunks.peek(segment, chunk);
    return loaded === undefined ? undefined : shownOf(segment, chunk, loaded, atMs);
  }

  async show(atMs: number, signal: AbortSignal): Promise<Shown> {
    const segment = await this.segments.find(atMs);
    signal.throwIfAborted();
    if (segment === undefined) return { kind: "gap" };
    const chunk = chunkAt(segment, atMs);
    return shownOf(segment, chunk, await this.#chunks.get(segment, chunk, signal), atMs);
  }

  /** The picture after (1) or before (−1) what is shown at an instant; undefined at the end of a recording. */
  async step(atMs: number, by: 1 | -1, signal: AbortSignal): Promise<number | undefined> {
    const segment = await this.segments.find(atMs);
    if (segment === undefined) return undefined;
    const found = await this.#stepWithin(segment, { chunk: chunkAt(segment, atMs), atMs, by }, signal);
    if (found !== undefined) return found;
    const beyondMs = by > 0 ? Math.max(segment.lastMs, atMs) + 1 : segment.firstMs - 1;
    const next = await this.segments.find(beyondMs + (by > 0 ? 500 : -500));
    if (next === undefined || next.id === segment.id) return undefined;
    if (by > 0) return next.firstMs;
    const last = { chunk: next.chunks.length - 1, atMs: Number.POSITIVE_INFINITY, by };
    return (await this.#stepWithin(next, last, signal)) ?? next.lastMs;
  }

  async #stepWithin(
    segment: Segment,
    { chunk: from, atMs, by }: { readonly chunk: number; readonly atMs: number; readonly by: 1 | -1 },
    signal: AbortSignal,
  ): Promise<number | undefined> {
    const track = segment.codec === "jpeg" ? undefined : await this.#trackOf(segment, signal);
    for (let chunk = from; chunk >= 0 && chunk < segment.chunks.length; chunk += by) {
      const frames = await this.#chunks.get(segment, chunk, signal);
      if (frames === "damaged") continue;
      const times = pictureTimes(segment, chunk, frames.filter(isPicture), track);
      const found = by > 0 ? times.find((ms) => ms > atMs) : times.findLast((ms) => ms < atMs);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  async #trackOf(segment: Segment, signal: AbortSignal): Promise<TrackDescription | undefined> {
    const init = await this.initOf(segment, signal);
    return init && describeTrack(init);
  }

  /** Reads what playing on from here will need, unless that is being done. */
  readAhead(atMs: number, speed: number): void {
    if (this.#ahead !== undefined) return;
    const ahead = new AbortController();
    this.#ahead = ahead;
    const end = () => {
      if (this.#ahead === ahead) this.#ahead = undefined;
    };
    this.#prefetch(atMs, speed, ahead.signal).then(end, () => systemClock.after(RETRY_MS, end));
  }

  /** Gives up what is read ahead: something else is looked at now. */
  stopReading(): void {
    this.#ahead?.abort();
    this.#ahead = undefined;
  }

  async #prefetch(atMs: number, speed: number, signal: AbortSignal): Promise<void> {
    const reachMs = Math.min(MOST_AHEAD_MS, AHEAD_MS * Math.max(1, Math.abs(speed)));
    const way = speed < 0 ? -1 : 1;
    for (let ms = atMs; Math.abs(ms - atMs) <= reachMs && !signal.aborted; ) {
      const segment = await this.segments.find(ms);
      if (segment === undefined) return;
      const first = chunkAt(segment, ms);
      const last = chunkAt(segment, atMs + way * reachMs);
      const count = Math.abs(last - first) + 1;
      const wanted = Array.from({ length: count }, (_, at) => first + way * at);
      await this.#chunks.prefetch(segment, wanted, signal);
      const beyond = way > 0 ? segment.lastMs + 500 : segment.firstMs - 500;
      if (way > 0 ? beyond <= ms : beyond >= ms) return;
      ms = beyond;
    }
  }

  /** The bytes with which an H.264 recording begins; every decoder needs them first. */
  async initOf(segment: Segment, signal: AbortSignal): Promise<Uint8Array | undefined> {
    const frames = await this.#chunks.get(segment, 0, signal);
    if (frames === "damaged") return undefined;
    return frames.find(({ kind }) => kind === FRAME_KINDS.mp4Init)?.bytes;
  }

  /** Fragments of a chunk that is loaded, in order. */
  fragmentsOf(segment: Segment, chunk: number): readonly Frame[] {
    const frames = this.#chunks.peek(segment, chunk);
    if (frames === undefined || frames === "damaged") return [];
    return frames.filter(({ kind }) => kind === FRAME_KINDS.mp4Fragment);
  }
}

/**
 * When the pictures of a chunk are shown. A fragment of video holds many, which last until the next fragment at most; a
 * whole millisecond is within the picture that it names.
 */
function pictureTimes(
  segment: Segment,
  chunk: number,
  frames: readonly Frame[],
  track: TrackDescription | undefined,
): number[] {
  if (track === undefined) return frames.map((frame) => timeOf(segment, frame));
  return frames.flatMap((frame, n) => {
    const fromMs = timeOf(segment, frame);
    const endOffsetMs = frames[n + 1]?.offsetMs ?? segment.chunks[chunk + 1]?.[2] ?? Number.POSITIVE_INFINITY;
    const times = (sampleTimes(frame.bytes, track) ?? [0]).map((ms) => fromMs + Math.ceil(ms));
    return times.filter((ms) => ms < segment.startMs + endOffsetMs);
  });
}

function shownOf(segment: Segment, chunk: number, loaded: readonly Frame[] | "damaged", atMs: number): Shown {
  if (loaded === "damaged") return { kind: "damaged", segment, chunk };
  const frames = loaded.filter(isPicture);
  const frame = frames.findLast((one) => timeOf(segment, one) <= atMs) ?? frames[0];
  if (frame === undefined) return { kind: "gap" };
  return { kind: frame.kind === FRAME_KINDS.jpeg ? "picture" : "video", segment, chunk, frame };
}
