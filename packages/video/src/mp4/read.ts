import { joinBytes } from "../bytes.ts";
import { allOf, type Box, boxesOf, inside, onlyOne, viewOf } from "../fmp4/boxes.ts";
import { NON_SYNC } from "../fmp4/init.ts";

/** What a film needs of an initialisation. */
export interface TrackDescription {
  /** The whole `stsd` box: how samples are encoded. */
  readonly sampleDescription: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** Units of a second in which fragments count. */
  readonly timescale: number;
  readonly trackId: number;
  readonly defaults: SampleDefaults;
}

interface SampleDefaults {
  readonly duration: number;
  readonly sizeBytes: number;
  readonly flags: number;
}

/** One picture as it is encoded. */
export interface Sample {
  readonly bytes: Uint8Array;
  /** In units of the track's timescale: since the beginning of the track, until the next, and from decoding to showing. */
  readonly decodeTime: number;
  readonly duration: number;
  readonly compositionOffset: number;
  readonly isSync: boolean;
}

/** Undefined when the bytes are no initialisation with one track of video. */
export function describeTrack(init: Uint8Array): TrackDescription | undefined {
  const moov = (boxesOf(init) ?? []).find(({ type }) => type === "moov");
  const parts = moov && boxesOf(moov.body);
  const [track, more] = allOf(parts ?? [], "trak");
  const header = inside(track, "tkhd")?.body;
  const media = inside(track, "mdia", "mdhd")?.body;
  const table = inside(track, "mdia", "minf", "stbl");
  const trex = inside(onlyOne(parts, "mvex"), "trex")?.body;
  if (more !== undefined || !header || !media || !table || trex?.length !== 24) return undefined;
  const description = onlyOne(boxesOf(table.body), "stsd");
  if (description === undefined || description.body.length < 8 + 8 + 28) return undefined;
  const entry = viewOf(description.body.subarray(16));
  const defaults = viewOf(trex);
  const isLong = { track: header[0] === 1, media: media[0] === 1 };
  return {
    sampleDescription: table.body.subarray(
      description.start,
      description.start + 8 + description.body.length,
    ),
    width: entry.getUint16(24),
    height: entry.getUint16(26),
    timescale: viewOf(media).getUint32(isLong.media ? 20 : 12),
    trackId: viewOf(header).getUint32(isLong.track ? 20 : 12),
    defaults: {
      duration: defaults.getUint32(12),
      sizeBytes: defaults.getUint32(16),
      flags: defaults.getUint32(20),
    },
  };
}

const TFHD = { dataOffset: 0x1, description: 0x2, duration: 0x8, size: 0x10, flags: 0x20 } as const;
const TRUN = { dataOffset: 0x1, firstFlags: 0x4, duration: 0x100, size: 0x200, flags: 0x400, time: 0x800 };

/** Samples of one fragment, which is `moof` and `mdat`; undefined when it does not describe its own bytes. */
export function samplesOf(fragment: Uint8Array, track: TrackDescription): Sample[] | undefined {
  const boxes = boxesOf(fragment);
  const moof = onlyOne(boxes, "moof");
  const traf = inside(moof, "traf");
  const header = inside(traf, "tfhd")?.body;
  if (moof === undefined || traf === undefined || header === undefined || header.length < 8) return undefined;
  const defaults = defaultsOf(header, track);
  if (defaults === undefined) return undefined;
  const samples: Sample[] = [];
  let decodeTime = decodeTimeOf(inside(traf, "tfdt"));
  for (const run of allOf(boxesOf(traf.body) ?? [], "trun")) {
    const read = readRun(run.body, defaults, { fragment, base: moof.start, decodeTime });
    if (read === undefined) return undefined;
    for (const sample of read) samples.push(sample);
    const last = read.at(-1);
    if (last !== undefined) decodeTime = last.decodeTime + last.duration;
  }
  return samples.length === 0 ? undefined : samples;
}

function defaultsOf(header: Uint8Array, track: TrackDescription): SampleDefaults | undefined {
  const view = viewOf(header);
  const flags = view.getUint32(0) & 0xff_ffff;
  if (view.getUint32(4) !== track.trackId || flags & TFHD.dataOffset) return undefined;
  let at = 8;
  const next = (isThere: number, otherwise: number): number => {
    if (!isThere) return otherwise;
    at += 4;
    return at > header.length ? 0 : view.getUint32(at - 4);
  };
  next(flags & TFHD.description, 0);
  return {
    duration: next(flags & TFHD.duration, track.defaults.duration),
    sizeBytes: next(flags & TFHD.size, track.defaults.sizeBytes),
    flags: next(flags & TFHD.flags, track.defaults.flags),
  };
}

function decodeTimeOf(box: Box | undefined): number {
  if (box === undefined || box.body.length < 8) return 0;
  const view = viewOf(box.body);
  if (box.body[0] !== 1) return view.getUint32(4);
  return box.body.length < 12 ? 0 : Number(view.getBigUint64(4));
}

function readRun(
  run: Uint8Array,
  defaults: SampleDefaults,
  place: { readonly fragment: Uint8Array; readonly base: number; readonly decodeTime: number },
): Sample[] | undefined {
  if (run.length < 12) return undefined;
  const view = viewOf(run);
  const flags = view.getUint32(0) & 0xff_ffff;
  const count = view.getUint32(4);
  const perSample = [TRUN.duration, TRUN.size, TRUN.flags, TRUN.time].filter((one) => flags & one).length;
  const first = 12 + (flags & TRUN.firstFlags ? 4 : 0);
  if (!(flags & TRUN.dataOffset) || run.length < first + count * perSample * 4) return undefined;
  const firstFlags = flags & TRUN.firstFlags ? view.getUint32(12) : undefined;
  const isSigned = run[0] === 1;
  const samples: Sample[] = [];
  let at = first;
  let start = place.base + view.getInt32(8);
  let { decodeTime } = place;
  const word = (): number => {
    at += 4;
    return view.getUint32(at - 4);
  };
  for (let sample = 0; sample < count; sample++) {
    const duration = flags & TRUN.duration ? word() : defaults.duration;
    const sizeBytes = flags & TRUN.size ? word() : defaults.sizeBytes;
    const own = flags & TRUN.flags ? word() : defaults.flags;
    const offset = flags & TRUN.time ? word() : 0;
    if (start < 0 || start + sizeBytes > place.fragment.length) return undefined;
    samples.push({
      bytes: place.fragment.subarray(start, start + sizeBytes),
      decodeTime,
      duration,
      compositionOffset: isSigned ? offset | 0 : offset,
      isSync: (((sample === 0 ? firstFlags : undefined) ?? own) & NON_SYNC) === 0,
    });
    start += sizeBytes;
    decodeTime += duration;
  }
  return samples;
}

/** The largest box that is waited for. */
const MAX_BOX_BYTES = 64 * 1_048_576;

/** Takes a stream of fMP4 apart: the initialisation, then each fragment, as they become whole. */
export class Fmp4Splitter {
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #front: Uint8Array[] = [];

  /** Throws when it is none. */
  push(bytes: Uint8Array): { readonly kind: "init" | "fragment"; readonly bytes: Uint8Array }[] {
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    const found: { kind: "init" | "fragment"; bytes: Uint8Array }[] = [];
    for (let box = this.#take(); box !== undefined; box = this.#take()) {
      const type = String.fromCharCode(...box.subarray(4, 8));
      if (type === "ftyp" || type === "moof") this.#front = [box];
      else if (type === "moov" || type === "mdat") {
        found.push({ kind: type === "moov" ? "init" : "fragment", bytes: joinBytes([...this.#front, box]) });
        this.#front = [];
      }
    }
    return found;
  }

  /** The next whole box. */
  #take(): Uint8Array | undefined {
    if (this.#waitingBytes < 8) return undefined;
    if ((this.#waiting[0] as Uint8Array).length < 8) this.#waiting = [joinBytes(this.#waiting)];
    const first = this.#waiting[0] as Uint8Array;
    const size = viewOf(first).getUint32(0);
    if (size < 8 || size > MAX_BOX_BYTES) throw new RangeError("this is no fragmented MP4");
    if (size > this.#waitingBytes) return undefined;
    const all = this.#waiting.length === 1 ? first : joinBytes(this.#waiting);
    this.#waiting = size === all.length ? [] : [all.subarray(size)];
    this.#waitingBytes -= size;
    return all.subarray(0, size);
  }
}
