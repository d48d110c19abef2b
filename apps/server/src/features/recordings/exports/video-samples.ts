import { AppError, type UnixMs } from "@gatehouse/base";
import {
  describeTrack,
  FRAME_KINDS,
  LONGEST_GAP_MS,
  type Sample,
  samplesOf,
  type TrackDescription,
} from "@gatehouse/video";
import type { FilmSpan } from "./film.ts";
import type { TimedFrame } from "./recorded-frames.ts";

/** A camera's clock and the server's may run apart by this much before it is a gap. */
const APART_MS = 1_000;
/** Faster than this, one picture a fragment is enough. */
const ALL_PICTURES_SPEED = 2;

/** Samples of one fragment with their places in the film, in the order in which they are decoded. */
export interface PlacedFragment {
  readonly samples: readonly {
    readonly sample: Sample;
    readonly atMs: number;
    readonly compositionMs: number;
  }[];
  readonly takenMs: UnixMs;
}

/** Follows recorded fragments of video: where each stands in the film, and what of them is to be shown. */
export class VideoRun {
  readonly #span: FilmSpan;
  readonly #track: TrackDescription;
  /** Where the next fragment is expected, by the server's clock and in the film. */
  #nextMs: UnixMs | undefined;
  #filmMs = 0;
  #shownFromMs = 0;
  #shownToMs = 0;
  #firstMs = 0;
  #lastMs = 0;

  /** `init` is the first frame of the span. Refuses `export.failed` for one that cannot be read. */
  constructor(init: TimedFrame, span: FilmSpan) {
    const track = describeTrack(init.bytes);
    if (track === undefined || track.timescale === 0) throw new AppError("export.failed");
    this.#track = track;
    this.#span = span;
  }

  get track(): TrackDescription {
    return this.#track;
  }

  get shown() {
    return {
      ...{ shownFromMs: this.#shownFromMs, shownToMs: this.#shownToMs },
      ...{ firstMs: this.#firstMs, lastMs: this.#lastMs },
    };
  }

  /** Undefined for what is not shown. Refuses `export.codec_changed`. */
  place(frame: TimedFrame): PlacedFragment | undefined {
    if (frame.kind === FRAME_KINDS.mp4Init) this.#assertSame(frame);
    if (frame.kind === FRAME_KINDS.jpeg) throw new AppError("export.codec_changed");
    const samples = frame.kind === FRAME_KINDS.mp4Fragment ? samplesOf(frame.bytes, this.#track) : undefined;
    const [first] = samples ?? [];
    const last = samples?.at(-1);
    if (samples === undefined || first === undefined || last === undefined) return undefined;
    const scaleMs = 1_000 / this.#track.timescale;
    const lengthMs = (last.decodeTime + last.duration - first.decodeTime) * scaleMs;
    if (frame.takenMs + lengthMs <= this.#span.fromMs) return undefined;
    const { speed } = this.#span;
    const startMs = this.#begin(frame.takenMs);
    const kept = speed > ALL_PICTURES_SPEED ? [first] : samples;
    const placed = kept.map((sample) => ({
      sample,
      atMs: startMs + ((sample.decodeTime - first.decodeTime) * scaleMs) / speed,
      compositionMs: kept.length === 1 ? 0 : (sample.compositionOffset * scaleMs) / speed,
    }));
    this.#end(frame.takenMs, startMs, lengthMs);
    return { samples: placed, takenMs: frame.takenMs };
  }

  /** Where the fragment begins in the film: behind the one before, but after a gap. */
  #begin(takenMs: UnixMs): number {
    const { fromMs, speed } = this.#span;
    if (this.#nextMs === undefined) {
      this.#nextMs = takenMs;
      this.#firstMs = Math.max(takenMs, fromMs);
      this.#shownFromMs = Math.max(0, fromMs - takenMs) / speed;
    }
    const apartMs = takenMs - this.#nextMs;
    if (apartMs > APART_MS) this.#filmMs += Math.min(apartMs, LONGEST_GAP_MS) / speed;
    if (Math.abs(apartMs) > APART_MS) this.#nextMs = takenMs;
    return this.#filmMs;
  }

  #end(takenMs: UnixMs, startMs: number, lengthMs: number): void {
    const { speed, toMs } = this.#span;
    this.#filmMs = startMs + lengthMs / speed;
    this.#nextMs = (this.#nextMs ?? takenMs) + lengthMs;
    this.#lastMs = Math.min(toMs, takenMs + lengthMs);
    this.#shownToMs = startMs + Math.min(lengthMs, Math.max(1, toMs - takenMs)) / speed;
  }

  #assertSame({ bytes }: TimedFrame): void {
    const other = describeTrack(bytes);
    const isSame =
      other !== undefined &&
      Buffer.compare(other.sampleDescription, this.#track.sampleDescription) === 0 &&
      other.timescale === this.#track.timescale &&
      other.trackId === this.#track.trackId;
    if (!isSame) throw new AppError("export.codec_changed");
  }
}
