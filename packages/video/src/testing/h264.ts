import { readFileSync } from "node:fs";

const FILE = readFileSync(new URL("./h264-64x48.mp4", import.meta.url));

/** Where `ftyp` and `moov` end, and the first fragment. */
const INIT_END = 767;
const FIRST_END = 2_103;

/**
 * Two seconds of a test picture, 64 × 48, ten a second, as ffmpeg 4 writes them with
 * `-c:v libx264 -g 10 -bf 0 -movflags empty_moov+default_base_moof+frag_keyframe`.
 */
export const H264 = {
  init: new Uint8Array(FILE.subarray(0, INIT_END)),
  fragments: [
    new Uint8Array(FILE.subarray(INIT_END, FIRST_END)),
    new Uint8Array(FILE.subarray(FIRST_END)),
  ] as const,
};
