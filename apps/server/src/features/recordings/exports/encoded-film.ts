import { AppError, type Clock, type UnixMs } from "@gatehouse/base";
import {
  describeTrack,
  FilmClock,
  FilmIndex,
  Fmp4Splitter,
  FRAME_KINDS,
  h264ConfigOf,
  inspectJpeg,
  samplesOf,
  type TrackDescription,
  withStartCodes,
} from "@gatehouse/video";
import { COUNTED_PER_SECOND, encodeFilm } from "../../../platform/ffmpeg/index.ts";
import { drawCaption } from "../../../platform/pictures/index.ts";
import type { FilmSpan, FilmWork, MadeFilm } from "./film.ts";
import type { TimedFrame } from "./recorded-frames.ts";
import { VideoRun } from "./video-samples.ts";

/** A film that goes faster than it happened needs no more pictures than eyes take. */
const SHORTEST_STEP_MS = 1_000 / 30;
const LAST_SHOWN_MS = 100;
const MIN_SIDE = 16;

/** What is encoded next, and the places in the film of the pictures that come of it. */
interface Piece {
  readonly bytes: Uint8Array;
  readonly places: readonly number[];
}

/** Pictures on their way to the encoder; afterwards, what of them is shown. */
interface Input {
  readonly pieces: AsyncIterable<Piece>;
  shown(): Omit<MadeFilm, "index">;
}

interface Encoding extends FilmWork {
  readonly program: string;
  readonly clock: Clock;
  readonly watermark: string | undefined;
}

/** Encodes pictures, or video that gets a mark, anew. Refuses `export.codec_changed`, `export.empty`, `export.failed`. */
export async function encodedFilm(first: TimedFrame, work: Encoding): Promise<MadeFilm> {
  const { clock, program, signal, watermark, writer } = work;
  const isVideo = first.kind !== FRAME_KINDS.jpeg;
  const input = isVideo ? videoInput(first, work) : pictureInput(first, work);
  const size = evenSizeOf(first);
  const overlay = watermark === undefined ? undefined : await drawCaption(watermark, size);
  const places: number[] = [];
  const film = new EncodedSamples(places);
  const encoding = { program, source: isVideo ? "h264" : "mjpeg", size, overlay, clock, signal } as const;
  for await (const chunk of encodeFilm({ ...encoding, input: noting(input.pieces, places) }))
    for (const bytes of film.push(chunk)) await writer.append(bytes);
  return { index: film.index, ...input.shown() };
}

async function* noting(pieces: AsyncIterable<Piece>, places: number[]): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    for (const place of piece.places) places.push(place);
    yield piece.bytes;
  }
}

/** What comes out of the encoder. It counts pictures at a rate of its own: the number is what tells which one it is. */
class EncodedSamples {
  readonly #splitter = new Fmp4Splitter();
  readonly #places: readonly number[];
  #track: TrackDescription | undefined;
  #index: FilmIndex | undefined;

  constructor(places: readonly number[]) {
    this.#places = places;
  }

  get index(): FilmIndex {
    if (this.#index === undefined || this.#index.samples === 0) throw new AppError("export.failed");
    return this.#index;
  }

  *push(chunk: Uint8Array): Generator<Uint8Array> {
    for (const { kind, bytes } of this.#splitter.push(chunk)) {
      if (kind === "fragment") yield* this.#fragment(bytes);
      else {
        this.#track = describeTrack(bytes);
        this.#index = this.#track && new FilmIndex(this.#track);
      }
    }
  }

  *#fragment(fragment: Uint8Array): Generator<Uint8Array> {
    const [track, index] = [this.#track, this.#index];
    const samples = track && samplesOf(fragment, track);
    if (track === undefined || index === undefined || samples === undefined)
      throw new AppError("export.failed");
    for (const { bytes, decodeTime, isSync } of samples) {
      const number = Math.round((decodeTime * COUNTED_PER_SECOND) / track.timescale);
      const atMs = this.#places[Math.min(number, this.#places.length - 1)] ?? 0;
      index.add({ sizeBytes: bytes.length, atMs, compositionMs: 0, isSync });
      yield bytes;
    }
  }
}

function pictureInput(first: TimedFrame, work: FilmWork): Input {
  const { speed } = work;
  const clock = new FilmClock(speed);
  let [firstMs, lastMs]: UnixMs[] = [first.takenMs, first.takenMs];
  let [placeMs, stepMs] = [0, LAST_SHOWN_MS / speed];
  async function* pieces(): AsyncGenerator<Piece> {
    yield { bytes: first.bytes, places: [clock.reach(first.takenMs)] };
    for await (const { bytes, kind, takenMs } of work.frames) {
      if (kind !== FRAME_KINDS.jpeg) throw new AppError("export.codec_changed");
      const atMs = clock.reach(takenMs);
      if (speed > 1 && atMs - placeMs < SHORTEST_STEP_MS) continue;
      stepMs = atMs - placeMs;
      placeMs = atMs;
      lastMs = takenMs;
      yield { bytes, places: [atMs] };
    }
  }
  const shown = () => ({
    shownFromMs: 0,
    shownToMs: placeMs + stepMs,
    firstMs: firstMs ?? 0,
    lastMs: lastMs ?? 0,
  });
  return { pieces: pieces(), shown };
}

/** All pictures of a fragment are decoded, in their order; they come out in the order in which they are shown. */
function videoInput(init: TimedFrame, work: FilmWork & FilmSpan): Input {
  const run = new VideoRun(init, work);
  const config = h264ConfigOf(run.track.sampleDescription);
  if (config === undefined) throw new AppError("export.failed");
  async function* pieces(): AsyncGenerator<Piece> {
    for await (const frame of work.frames) {
      const placed = run.place(frame);
      if (placed === undefined) continue;
      const places = placed.samples
        .map(({ atMs, compositionMs }) => atMs + compositionMs)
        .sort((a, b) => a - b);
      const units = placed.samples.map(({ sample }) =>
        withStartCodes(sample.bytes, config?.lengthBytes ?? 4),
      );
      if (units.includes(undefined)) throw new AppError("export.failed");
      // Each fragment begins with a key frame: a decoder that lost its way finds it again here.
      yield {
        bytes: Buffer.concat([config?.parameterSets ?? Buffer.alloc(0), ...(units as Uint8Array[])]),
        places,
      };
    }
  }
  return { pieces: pieces(), shown: () => run.shown };
}

function evenSizeOf(first: TimedFrame): { readonly width: number; readonly height: number } {
  const found = first.kind === FRAME_KINDS.jpeg ? inspectJpeg(first.bytes) : describeTrack(first.bytes);
  if (found === undefined || "fault" in found) throw new AppError("export.failed");
  const even = (side: number): number => Math.max(MIN_SIDE, side - (side % 2));
  return { width: even(found.width), height: even(found.height) };
}
