import { joinBytes } from "../bytes.ts";
import { ascii, box, full, u16, u32, u64, words, zeros } from "./boxes.ts";

/** Of the film, and of what is in it: a microsecond would not fit where players read 32 bits. */
const MOVIE_TIMESCALE = 1_000;
const MEDIA_TIMESCALE = 90_000;
const TICKS_PER_MS = MEDIA_TIMESCALE / 1_000;
const SAMPLES_PER_CHUNK = 64;
/** From 1904, where the format's time begins, to 1970. */
const EPOCH_S = 2_082_844_800;
const UNITY = [0x0001_0000, 0, 0, 0, 0x0001_0000, 0, 0, 0, 0x4000_0000];
const MAX_U32 = 0xffff_ffff;

export interface FilmTrack {
  /** A whole `stsd` box. */
  readonly sampleDescription: Uint8Array;
  readonly width: number;
  readonly height: number;
}

export interface FilmSample {
  readonly sizeBytes: number;
  /** When it is decoded, ms since the first; after the one before. */
  readonly atMs: number;
  /** From decoding to showing. */
  readonly compositionMs: number;
  readonly isSync: boolean;
}

/**
 * The front of an MP4 (ISO/IEC 14496-12) whose samples lie behind it in the order in which they were added: a film
 * that plays and seeks before it is whole. What was added takes a few numbers a sample.
 */
export class FilmIndex {
  readonly #track: FilmTrack;
  readonly #sizes: number[] = [];
  readonly #ticks: number[] = [];
  readonly #composition: number[] = [];
  readonly #sync: number[] = [];
  #bytes = 0;

  constructor(track: FilmTrack) {
    this.#track = track;
  }

  get samples(): number {
    return this.#sizes.length;
  }

  add({ sizeBytes, atMs, compositionMs, isSync }: FilmSample): void {
    if (isSync) this.#sync.push(this.#sizes.length + 1);
    this.#sizes.push(sizeBytes);
    this.#ticks.push(Math.max(Math.round(atMs * TICKS_PER_MS), (this.#ticks.at(-1) ?? -1) + 1));
    this.#composition.push(Math.round(compositionMs * TICKS_PER_MS));
    this.#bytes += sizeBytes;
  }

  /**
   * Everything in front of the samples. `shownFromMs` and `shownToMs` cut what is shown out of what is there, by the
   * same clock as `atMs`; the last sample is shown until then. `createdMs`: since 1970.
   */
  head(film: {
    readonly createdMs: number;
    readonly shownFromMs: number;
    readonly shownToMs: number;
  }): Uint8Array {
    const type = box("ftyp", ascii("isom"), u32(0x200), ascii("isomiso2avc1mp41"));
    const dataHead = this.#bytes + 8 > MAX_U32 ? 16 : 8;
    const moovOf = (dataAt: number): Uint8Array => this.#moov(film, dataAt);
    // Its length does not depend on where the data is, but on whether that takes 64 bits.
    const length = type.length + moovOf(0).length + dataHead;
    const data =
      dataHead === 16
        ? [u32(1), ascii("mdat"), u64(this.#bytes + 16)]
        : [u32(this.#bytes + 8), ascii("mdat")];
    return joinBytes([type, moovOf(length), ...data]);
  }

  #moov(
    film: { readonly createdMs: number; readonly shownFromMs: number; readonly shownToMs: number },
    dataAt: number,
  ): Uint8Array {
    const shownMs = Math.max(1, Math.round(film.shownToMs - film.shownFromMs));
    const created = u32(Math.max(0, Math.min(MAX_U32, Math.floor(film.createdMs / 1_000) + EPOCH_S)));
    const endTicks = Math.max(Math.round(film.shownToMs * TICKS_PER_MS), (this.#ticks.at(-1) ?? 0) + 1);
    const { width, height, sampleDescription } = this.#track;
    return box(
      "moov",
      full(
        ...(["mvhd", 0, 0] as const),
        ...[created, created, u32(MOVIE_TIMESCALE), u32(shownMs), u32(0x0001_0000), u16(0x0100), zeros(10)],
        ...[...UNITY.map(u32), zeros(24), u32(2)],
      ),
      box(
        "trak",
        full(
          ...(["tkhd", 0, 3] as const),
          ...[created, created, u32(1), u32(0), u32(shownMs), zeros(8), zeros(8), ...UNITY.map(u32)],
          ...[u32(width * 65_536), u32(height * 65_536)],
        ),
        box("edts", this.#edit(film.shownFromMs, shownMs)),
        box(
          "mdia",
          full(
            "mdhd",
            1,
            0,
            zeros(4),
            created,
            zeros(4),
            created,
            u32(MEDIA_TIMESCALE),
            u64(endTicks),
            u16(0x55c4),
            zeros(2),
          ),
          full("hdlr", 0, 0, zeros(4), ascii("vide"), zeros(12), ascii("Camera\0")),
          box(
            "minf",
            full("vmhd", 0, 1, zeros(8)),
            box("dinf", full("dref", 0, 0, u32(1), full("url ", 0, 1))),
            box("stbl", sampleDescription, ...this.#tables(endTicks, dataAt)),
          ),
        ),
      ),
    );
  }

  #edit(shownFromMs: number, shownMs: number): Uint8Array {
    // The first picture to be shown is that many ticks behind its decoding.
    const first = Math.min(...this.#composition.slice(0, SAMPLES_PER_CHUNK), MAX_U32);
    const start = Math.round(shownFromMs * TICKS_PER_MS) + Math.max(0, first);
    return full("elst", 1, 0, u32(1), u64(shownMs), u64(start), u32(0x0001_0000));
  }

  #tables(endTicks: number, dataAt: number): Uint8Array[] {
    const count = this.#sizes.length;
    const durations = this.#ticks.map((at, index) => (this.#ticks[index + 1] ?? endTicks) - at);
    const chunks = Math.ceil(count / SAMPLES_PER_CHUNK);
    const rest = count - (chunks - 1) * SAMPLES_PER_CHUNK;
    const spread: [number, number][] = [
      ...(chunks > 1 ? [[1, SAMPLES_PER_CHUNK] as [number, number]] : []),
      ...(chunks === 1 || rest !== SAMPLES_PER_CHUNK ? [[chunks, rest] as [number, number]] : []),
    ];
    const hasOffsets = this.#composition.some((ticks) => ticks !== 0);
    const isNegative = this.#composition.some((ticks) => ticks < 0);
    return [
      full("stts", 0, 0, runs(durations)),
      ...(hasOffsets ? [full("ctts", isNegative ? 1 : 0, 0, runs(this.#composition))] : []),
      full("stss", 0, 0, u32(this.#sync.length), words(this.#sync)),
      full(
        "stsc",
        0,
        0,
        u32(spread.length),
        words(spread.flatMap(([first, samples]) => [first, samples, 1])),
      ),
      full("stsz", 0, 0, u32(0), u32(count), words(this.#sizes)),
      this.#offsets(chunks, dataAt),
    ];
  }

  #offsets(chunks: number, dataAt: number): Uint8Array {
    const offsets: number[] = [];
    let at = dataAt;
    for (const [index, size] of this.#sizes.entries()) {
      if (index % SAMPLES_PER_CHUNK === 0) offsets.push(at);
      at += size;
    }
    // A front of that length is not to be had: 64 bits where the samples alone come near 32.
    const isLong = this.#bytes > MAX_U32 - 268_435_456;
    if (!isLong) return full("stco", 0, 0, u32(chunks), words(offsets));
    return full("co64", 0, 0, u32(chunks), ...offsets.map(u64));
  }
}

/** Equal values that follow each other, as pairs of how many and which. */
function runs(values: readonly number[]): Uint8Array {
  const pairs: number[] = [];
  for (const value of values) {
    if (pairs.length > 0 && pairs.at(-1) === value) pairs[pairs.length - 2] = (pairs.at(-2) as number) + 1;
    else pairs.push(1, value);
  }
  return joinBytes([u32(pairs.length / 2), words(pairs)]);
}
