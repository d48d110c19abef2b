import { joinBytes } from "../bytes.ts";
import { boxesOf, inside, onlyOne } from "../fmp4/boxes.ts";
import { describeTrack, samplesOf } from "./read.ts";

const START_CODE = Uint8Array.of(0, 0, 0, 1);
/** VisualSampleEntry (ISO/IEC 14496-12 §12.1.3) before the boxes in it. */
const SAMPLE_ENTRY_BYTES = 78;

/**
 * The key frame that a fragment begins with, with its parameter sets in front, as a byte stream (ITU-T H.264, annex B) that a
 * decoder takes alone. Undefined where the two are not what `inspectInit` and `inspectFragment` let through.
 */
export function keyFrameOf(init: Uint8Array, fragment: Uint8Array): Uint8Array | undefined {
  const track = describeTrack(init);
  const sets = parameterSetsOf(init);
  const [first] = (track && samplesOf(fragment, track)) ?? [];
  const nals = sets && first?.isSync && nalsOf(first.bytes, sets.lengthBytes);
  if (!sets || !nals) return undefined;
  return joinBytes([...sets.nals, ...nals].flatMap((nal) => [START_CODE, nal]));
}

/** Of `avcC` (ISO/IEC 14496-15 §5.3.3.1). */
function parameterSetsOf(init: Uint8Array) {
  const moov = onlyOne(boxesOf(init), "moov");
  const table = inside(moov, "trak", "mdia", "minf", "stbl", "stsd")?.body;
  const entry = table && onlyOne(boxesOf(table.subarray(8)), "avc1")?.body;
  const config = entry && onlyOne(boxesOf(entry.subarray(SAMPLE_ENTRY_BYTES)), "avcC")?.body;
  if (!config || config.length < 7) return undefined;
  const nals: Uint8Array[] = [];
  let at = 5;
  for (const mask of [0x1f, 0xff]) {
    for (let count = (config[at++] ?? 0) & mask; count > 0; count--) {
      const length = (config[at] ?? 0) * 256 + (config[at + 1] ?? 0);
      if (length < 1 || at + 2 + length > config.length) return undefined;
      nals.push(config.subarray(at + 2, at + 2 + length));
      at += 2 + length;
    }
  }
  return { nals, lengthBytes: ((config[4] as number) & 3) + 1 };
}

function nalsOf(sample: Uint8Array, lengthBytes: number): Uint8Array[] | undefined {
  const nals: Uint8Array[] = [];
  for (let at = 0; at < sample.length; ) {
    let length = 0;
    for (let index = 0; index < lengthBytes; index++) length = length * 256 + (sample[at + index] ?? 0);
    at += lengthBytes;
    if (length < 1 || at + length > sample.length) return undefined;
    nals.push(sample.subarray(at, at + length));
    at += length;
  }
  return nals.length === 0 ? undefined : nals;
}
