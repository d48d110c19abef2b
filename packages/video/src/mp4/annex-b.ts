import { joinBytes } from "../bytes.ts";
import { boxesOf, onlyOne, viewOf } from "../fmp4/boxes.ts";

const START_CODE = Uint8Array.of(0, 0, 0, 1);
/** Of `stsd` and of the entry in it, before the boxes in that. */
const BEFORE_BOXES = 8 + 8 + 8 + 78;

export interface H264Config {
  /** Bytes of the length in front of each NAL unit. */
  readonly lengthBytes: number;
  /** Sequence and picture parameter sets with start codes: what a decoder needs first. */
  readonly parameterSets: Uint8Array;
}

/** What `avcC` (ISO/IEC 14496-15 §5.3.3.1) in a whole `stsd` box says; undefined when there is none. */
export function h264ConfigOf(sampleDescription: Uint8Array): H264Config | undefined {
  const config = onlyOne(boxesOf(sampleDescription.subarray(BEFORE_BOXES)), "avcC")?.body;
  if (config === undefined || config.length < 7) return undefined;
  const sets: Uint8Array[] = [];
  let at = 5;
  for (const mask of [0x1f, 0xff]) {
    const count = (config[at] ?? 0) & mask;
    at++;
    for (let one = 0; one < count; one++) {
      if (at + 2 > config.length) return undefined;
      const length = viewOf(config).getUint16(at);
      if (at + 2 + length > config.length) return undefined;
      sets.push(START_CODE, config.subarray(at + 2, at + 2 + length));
      at += 2 + length;
    }
  }
  return { lengthBytes: ((config[4] as number) & 3) + 1, parameterSets: joinBytes(sets) };
}

/** A sample with start codes (ITU-T H.264 annex B) in place of lengths; undefined when its lengths do not fit. */
export function withStartCodes(sample: Uint8Array, lengthBytes: number): Uint8Array | undefined {
  const units: Uint8Array[] = [];
  for (let at = 0; at < sample.length; ) {
    let length = 0;
    for (let index = 0; index < lengthBytes; index++) length = length * 256 + (sample[at + index] ?? 0);
    const start = at + lengthBytes;
    if (length < 1 || start + length > sample.length) return undefined;
    units.push(START_CODE, sample.subarray(start, start + length));
    at = start + length;
  }
  return joinBytes(units);
}
