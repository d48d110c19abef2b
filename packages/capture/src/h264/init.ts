import { ascii, box, fullBox, join, u8, u16, u32, zeros } from "./boxes.ts";
import { type PictureSize, sizeOfSps } from "./sps.ts";

export const TRACK_ID = 1;
export const TIME_SCALE = 90_000;

/** A picture as it is: no turn, no scaling (ISO/IEC 14496-12 §6.2.2). */
const UNITY = u32(0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000);
const RESOLUTION_72_DPI = 0x48_0000;

export interface ParameterSets {
  readonly sps: Uint8Array;
  readonly pps: readonly Uint8Array[];
}

/** `ftyp` and `moov` for fragments of one track of H.264; undefined when the parameter sets say nothing of use. */
export function encodeInit({ sps, pps }: ParameterSets): Uint8Array | undefined {
  const size = sizeOfSps(sps);
  if (size === undefined || pps.length === 0) return undefined;
  const ftyp = box("ftyp", ascii("iso5"), u32(512), ascii("iso5"), ascii("iso6"), ascii("mp41"));
  return join(ftyp, box("moov", movieHeader(), track(size, { sps, pps }), box("mvex", trackExtends())));
}

const movieHeader = (): Uint8Array =>
  fullBox("mvhd", 0, 0, u32(0, 0, 1_000, 0), u32(0x1_0000), u16(0x100), zeros(10), UNITY, zeros(24), u32(2));

const trackExtends = (): Uint8Array => fullBox("trex", 0, 0, u32(TRACK_ID, 1, 0, 0, 0));

function track(size: PictureSize, sets: ParameterSets): Uint8Array {
  const header = fullBox(
    "tkhd",
    0,
    // Enabled, and in the movie.
    3,
    u32(0, 0, TRACK_ID, 0, 0),
    zeros(8),
    u16(0, 0, 0, 0),
    UNITY,
    u32(size.width * 0x1_0000, size.height * 0x1_0000),
  );
  // "und": no language.
  const media = fullBox("mdhd", 0, 0, u32(0, 0, TIME_SCALE, 0), u16(0x55c4, 0));
  const handler = fullBox("hdlr", 0, 0, u32(0), ascii("vide"), zeros(12), u8(0));
  // Flag 1: the data is in the same file.
  const references = fullBox("dref", 0, 0, u32(1), fullBox("url ", 0, 1));
  const information = box(
    "minf",
    fullBox("vmhd", 0, 1, zeros(8)),
    box("dinf", references),
    sampleTable(size, sets),
  );
  return box("trak", header, box("mdia", media, handler, information));
}

/** Without samples: all are in fragments. */
function sampleTable(size: PictureSize, sets: ParameterSets): Uint8Array {
  const entry = box(
    "avc1",
    zeros(6),
    u16(1),
    zeros(16),
    u16(size.width, size.height),
    u32(RESOLUTION_72_DPI, RESOLUTION_72_DPI, 0),
    u16(1),
    zeros(32),
    u16(0x18, 0xffff),
    decoderConfiguration(sets),
  );
  return box(
    "stbl",
    fullBox("stsd", 0, 0, u32(1), entry),
    fullBox("stts", 0, 0, u32(0)),
    fullBox("stsc", 0, 0, u32(0)),
    fullBox("stsz", 0, 0, u32(0, 0)),
    fullBox("stco", 0, 0, u32(0)),
  );
}

/** ISO/IEC 14496-15 §5.3.3.1; lengths of four bytes. */
function decoderConfiguration({ sps, pps }: ParameterSets): Uint8Array {
  return box(
    "avcC",
    u8(1, sps[1] as number, sps[2] as number, sps[3] as number, 0xff, 0xe1),
    u16(sps.length),
    sps,
    u8(pps.length),
    ...pps.flatMap((one) => [u16(one.length), one]),
  );
}
