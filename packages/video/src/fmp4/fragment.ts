import { type Box, boxesOf, inside, onlyOne, viewOf } from "./boxes.ts";
import { NON_SYNC, type VideoFault, type VideoInit } from "./init.ts";

/** A segment's type, its index, the producer's clock: harmless, and what encoders put in front. */
const IN_FRONT = new Set(["styp", "sidx", "prft"]);
/** A minute at 60 a second. */
const MAX_SAMPLES = 3_600;
/** Flags of `tfhd` (ISO/IEC 14496-12 §8.8.7.1) and `trun` (§8.8.8.1). */
const TFHD = { dataOffset: 0x1, description: 0x2, duration: 0x8, size: 0x10, flags: 0x20 } as const;
const TRUN = { dataOffset: 0x1, firstFlags: 0x4, duration: 0x100, size: 0x200, flags: 0x400, time: 0x800 };
const IDR = 5;

/**
 * A media fragment: one `moof` and the `mdat` that it describes, whole, of the initialisation's track, its first sample
 * a key frame. Undefined: it is one.
 */
export function inspectFragment(bytes: Uint8Array, init: VideoInit): VideoFault | undefined {
  const boxes = boxesOf(bytes);
  if (boxes === undefined) return "truncated";
  const media = boxes.filter(({ type }) => !IN_FRONT.has(type));
  const [described, data] = media;
  if (media.length !== 2 || described?.type !== "moof" || data?.type !== "mdat") return "malformed";
  const run = runOf(described, init);
  if (run === undefined) return "malformed";
  const firstAt = run.dataOffset - (data.start + 8 - described.start);
  if (firstAt < 0 || firstAt + run.totalBytes > data.body.length) return "malformed";
  const first = data.body.subarray(firstAt, firstAt + run.firstBytes);
  return run.isSync && beginsWithKeyFrame(first, init.lengthBytes) ? undefined : "unsupported";
}

/** How many pictures a fragment has that was found sound. */
export function picturesIn(fragment: Uint8Array): number {
  const described = onlyOne(boxesOf(fragment), "moof");
  const run = described && inside(described, "traf", "trun");
  return run === undefined || run.body.length < 8 ? 0 : viewOf(run.body).getUint32(4);
}

interface Run {
  /** From the beginning of `moof`. */
  readonly dataOffset: number;
  readonly totalBytes: number;
  readonly firstBytes: number;
  readonly isSync: boolean;
}

function runOf(described: Box, init: VideoInit): Run | undefined {
  const fragment = inside(described, "traf");
  const header = inside(fragment, "tfhd")?.body;
  const run = fragment && onlyOne(boxesOf(fragment.body), "trun")?.body;
  const defaults = header && defaultsOf(header, init);
  return run && defaults && readRun(run, defaults);
}

interface Defaults {
  readonly sizeBytes: number;
  readonly isSync: boolean;
}

function defaultsOf(header: Uint8Array, init: VideoInit): Defaults | undefined {
  const words = wordsAfter(header, 4);
  const flags = flagsOf(header);
  if (words.next() !== init.trackId || flags & TFHD.dataOffset) return undefined;
  if (flags & TFHD.description) words.next();
  if (flags & TFHD.duration) words.next();
  const sizeBytes = flags & TFHD.size ? words.next() : 0;
  const sample = flags & TFHD.flags ? words.next() : undefined;
  if (words.isBeyond()) return undefined;
  return { sizeBytes, isSync: sample === undefined ? init.isSyncByDefault : (sample & NON_SYNC) === 0 };
}

function readRun(run: Uint8Array, defaults: Defaults): Run | undefined {
  const words = wordsAfter(run, 4);
  const flags = flagsOf(run);
  const count = words.next();
  if (!(flags & TRUN.dataOffset) || count < 1 || count > MAX_SAMPLES) return undefined;
  const dataOffset = words.next();
  let isSync = defaults.isSync;
  if (flags & TRUN.firstFlags) isSync = (words.next() & NON_SYNC) === 0;
  let totalBytes = 0;
  let firstBytes = 0;
  for (let sample = 0; sample < count; sample++) {
    if (flags & TRUN.duration) words.next();
    const sizeBytes = flags & TRUN.size ? words.next() : defaults.sizeBytes;
    if (flags & TRUN.flags) {
      const own = words.next();
      if (sample === 0 && !(flags & TRUN.firstFlags)) isSync = (own & NON_SYNC) === 0;
    }
    if (flags & TRUN.time) words.next();
    if (sample === 0) firstBytes = sizeBytes;
    totalBytes += sizeBytes;
  }
  return words.isBeyond() ? undefined : { dataOffset, totalBytes, firstBytes, isSync };
}

/** The NAL units of one sample: parameter sets and the like, then an IDR picture (ITU-T H.264 §7.4.1). */
function beginsWithKeyFrame(sample: Uint8Array, lengthBytes: number): boolean {
  for (let at = 0; at + lengthBytes < sample.length; ) {
    let length = 0;
    for (let index = 0; index < lengthBytes; index++) length = length * 256 + (sample[at + index] as number);
    const start = at + lengthBytes;
    if (length < 1 || start + length > sample.length) return false;
    const type = (sample[start] as number) & 0x1f;
    if (type >= 1 && type <= IDR) return type === IDR;
    at = start + length;
  }
  return false;
}

const flagsOf = (body: Uint8Array): number => (body.length < 4 ? 0 : viewOf(body).getUint32(0) & 0xff_ffff);

/** 32-bit words one after the other; beyond the end they are 0, and that is remembered. */
function wordsAfter(body: Uint8Array, offset: number) {
  const view = viewOf(body);
  let at = offset;
  return {
    next(): number {
      at += 4;
      return at > body.length ? 0 : view.getUint32(at - 4);
    },
    isBeyond: () => at > body.length,
  };
}
