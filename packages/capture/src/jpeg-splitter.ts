import { DEFAULT_LIMITS } from "./source.ts";

const END = Buffer.from([0xff, 0xd9]);
const START = Buffer.from([0xff, 0xd8]);

/**
 * Cuts JPEG pictures out of a stream in which they follow each other. For encoders that put no pictures into pictures:
 * there the two bytes of an end stand nowhere else (ITU-T T.81, B.1.1.5).
 */
export class JpegSplitter {
  readonly #maxBytes: number;
  #rest: Buffer = Buffer.alloc(0);

  constructor(maxBytes = DEFAULT_LIMITS.pictureBytes) {
    this.#maxBytes = maxBytes;
  }

  /** Whole pictures, in order. Throws when what comes is none. */
  push(chunk: Buffer): Buffer[] {
    // The end may lie across the border of two chunks.
    let searched = Math.max(0, this.#rest.length - 1);
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const frames: Buffer[] = [];
    for (;;) {
      if (bytes.length >= 2 && !bytes.subarray(0, 2).equals(START)) throw new Error("not a stream of JPEG");
      const end = bytes.indexOf(END, searched);
      if (end < 0) break;
      frames.push(bytes.subarray(0, end + END.length));
      bytes = bytes.subarray(end + END.length);
      searched = 0;
    }
    if (bytes.length > this.#maxBytes) throw new Error("a picture is too large");
    this.#rest = bytes;
    return frames;
  }
}
