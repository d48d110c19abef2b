import { box, fullBox, join, u32, u64 } from "./boxes.ts";
import { TRACK_ID } from "./init.ts";

/** One picture of a fragment; times in 1/90,000 s. */
export interface Sample {
  readonly nals: readonly Uint8Array[];
  /** When it is shown. */
  readonly showAt: number;
}

/** Sample flags (ISO/IEC 14496-12 §8.8.3.1): depends on no other; or on others, and is no beginning. */
const KEY = 0x0200_0000;
const OTHER = 0x0101_0000;
const DEFAULT_BASE_IS_MOOF = 0x02_0000;
/** Data offset; duration, size, flags and composition offset of each sample. */
const RUN = 0x1 | 0x100 | 0x200 | 0x400 | 0x800;

/**
 * By how much pictures must be decoded before they are shown, so that none is shown before: nothing where a camera sends them in
 * the order in which they are shown.
 */
export function decodeAhead(samples: readonly Sample[]): number {
  const times = timesOf(samples);
  return Math.max(...samples.map(({ showAt }, at) => (times[at] as number) - showAt));
}

/**
 * `moof` and `mdat` of pictures, in the order of decoding, of which the first is a key frame. `endsAt`: when the next one after
 * them is shown. `ahead` is at least what `decodeAhead` says.
 */
export function encodeFragment(
  sequence: number,
  samples: readonly Sample[],
  { endsAt, ahead }: { readonly endsAt: number; readonly ahead: number },
): Uint8Array {
  const times = timesOf(samples);
  const rows = samples.map(({ nals, showAt }, at) => {
    const time = times[at] as number;
    const duration = Math.max(1, (times[at + 1] ?? endsAt) - time);
    const bytes = nals.reduce((sum, { length }) => sum + 4 + length, 0);
    return u32(duration, bytes, at === 0 ? KEY : OTHER, showAt - time + ahead);
  });
  const moof = (dataOffset: number): Uint8Array =>
    box(
      "moof",
      fullBox("mfhd", 0, 0, u32(sequence)),
      box(
        "traf",
        fullBox("tfhd", 0, DEFAULT_BASE_IS_MOOF, u32(TRACK_ID)),
        fullBox("tfdt", 1, 0, u64((times[0] as number) - ahead)),
        fullBox("trun", 1, RUN, u32(samples.length, dataOffset), ...rows),
      ),
    );
  const described = moof(moof(0).length + 8);
  return join(
    described,
    box("mdat", ...samples.flatMap(({ nals }) => nals.flatMap((nal) => [u32(nal.length), nal]))),
  );
}

const timesOf = (samples: readonly Sample[]): number[] =>
  samples.map(({ showAt }) => showAt).toSorted((a, b) => a - b);
