/** What a frame may be at most. */
export interface JpegLimits {
  readonly maxBytes: number;
  readonly maxWidth: number;
  readonly maxHeight: number;
  /** Application data and comments of one frame, all together. */
  readonly maxMetadataBytes: number;
}

export const DEFAULT_JPEG_LIMITS: JpegLimits = {
  maxBytes: 2 * 1_048_576,
  maxWidth: 4_096,
  maxHeight: 3_072,
  maxMetadataBytes: 65_536,
};

/** Why bytes are no frame; the names are counted and shown. */
export const JPEG_FAULTS = [
  "too_large",
  "not_jpeg",
  "truncated",
  "no_end",
  "malformed",
  "unsupported",
  "dimensions",
  "metadata",
  "trailing_data",
] as const;
export type JpegFault = (typeof JPEG_FAULTS)[number];

export type JpegInspection =
  | {
      readonly width: number;
      readonly height: number;
      /** Up to the end of the picture: boards pad their buffers with zeros. */
      readonly bytes: Uint8Array;
    }
  | { readonly fault: JpegFault };

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const DNL = 0xdc;
const COM = 0xfe;
/** Baseline, extended sequential and progressive, Huffman coded: what cameras send and browsers show. */
const FRAME_HEADERS = new Set([0xc0, 0xc1, 0xc2]);
/** Tables, restart interval: harmless and needed. */
const TABLES = new Set([0xc4, 0xdb, 0xdd]);
const MAX_SEGMENTS = 256;
/** A progressive picture has about ten. Each goes over the whole picture once more: many are a bomb. */
const MAX_SCANS = 16;

const isApplication = (marker: number): boolean => marker >= 0xe0 && marker <= 0xef;
const isRestart = (marker: number): boolean => marker >= 0xd0 && marker <= 0xd7;

/**
 * Walks the markers of a JPEG (ITU-T T.81, annex B) without decoding it: one picture, whole, of a kind and size that
 * every reader behind this takes, and nothing after it but padding. Costs what finding the 0xFF bytes costs.
 */
export function inspectJpeg(frame: Uint8Array, limits: JpegLimits = DEFAULT_JPEG_LIMITS): JpegInspection {
  if (frame.length > limits.maxBytes) return { fault: "too_large" };
  if (frame.length < 4) return { fault: frame.length === 0 ? "not_jpeg" : "truncated" };
  if (frame[0] !== 0xff || frame[1] !== SOI) return { fault: "not_jpeg" };
  return new Walk(frame, limits).run();
}

class Walk {
  readonly #frame: Uint8Array;
  readonly #limits: JpegLimits;
  #at = 2;
  #size: { readonly width: number; readonly height: number } | undefined;
  #metadataBytes = 0;
  #scans = 0;

  constructor(frame: Uint8Array, limits: JpegLimits) {
    this.#frame = frame;
    this.#limits = limits;
  }

  run(): JpegInspection {
    for (let segments = 0; segments < MAX_SEGMENTS; segments++) {
      const marker = this.#marker();
      if (marker === undefined) return { fault: this.#scans > 0 ? "no_end" : "truncated" };
      if (marker === EOI) return this.#end();
      const fault = this.#segment(marker);
      if (fault !== undefined) return { fault };
    }
    return { fault: "malformed" };
  }

  /** The next marker; undefined at the end of the bytes, 0 where something else stands. */
  #marker(): number | undefined {
    const frame = this.#frame;
    if (this.#at >= frame.length) return undefined;
    if (frame[this.#at] !== 0xff) return 0;
    // Any number of fill bytes may stand before a marker (B.1.1.2).
    while (frame[this.#at] === 0xff) this.#at++;
    const marker = frame[this.#at];
    this.#at++;
    return marker;
  }

  #segment(marker: number): JpegFault | undefined {
    const frame = this.#frame;
    if (marker === 0 || marker === SOI || isRestart(marker)) return "malformed";
    if (this.#at + 2 > frame.length) return "truncated";
    const start = this.#at;
    const length = (frame[start] as number) * 256 + (frame[start + 1] as number);
    if (length < 2) return "malformed";
    if (start + length > frame.length) return "truncated";
    this.#at = start + length;
    if (marker === SOS) return this.#scan();
    if (FRAME_HEADERS.has(marker)) return this.#frameHeader(start, length);
    if (TABLES.has(marker)) return undefined;
    if (isApplication(marker) || marker === COM) {
      this.#metadataBytes += length;
      return this.#metadataBytes > this.#limits.maxMetadataBytes ? "metadata" : undefined;
    }
    return "unsupported";
  }

  #frameHeader(start: number, length: number): JpegFault | undefined {
    const byte = (offset: number): number => this.#frame[start + offset] as number;
    if (this.#size !== undefined || length < 8 || length !== 8 + 3 * byte(7)) return "malformed";
    if (byte(2) !== 8 || ![1, 3].includes(byte(7))) return "unsupported";
    const height = byte(3) * 256 + byte(4);
    const width = byte(5) * 256 + byte(6);
    // A height of zero is told after the scan (DNL): no camera does that.
    const isWithin = width >= 1 && width <= this.#limits.maxWidth && height <= this.#limits.maxHeight;
    if (!isWithin || height < 1) return "dimensions";
    this.#size = { width, height };
    return undefined;
  }

  /** Leaves `#at` at the marker that ends the entropy-coded data (F.1.2.3: 0xFF in it is followed by zero). */
  #scan(): JpegFault | undefined {
    if (this.#size === undefined) return "malformed";
    if (++this.#scans > MAX_SCANS) return "unsupported";
    const frame = this.#frame;
    const start = this.#at;
    for (let at = frame.indexOf(0xff, start); at !== -1; at = frame.indexOf(0xff, at)) {
      const next = frame[at + 1];
      if (next === undefined) break;
      if (next === 0xff) at++;
      else if (next === 0 || isRestart(next)) at += 2;
      else {
        if (next === DNL) return "unsupported";
        if (at === start) return "malformed";
        this.#at = at;
        return undefined;
      }
    }
    return "no_end";
  }

  #end(): JpegInspection {
    if (this.#scans === 0 || this.#size === undefined) return { fault: "malformed" };
    for (let at = this.#at; at < this.#frame.length; at++)
      if (this.#frame[at] !== 0) return { fault: "trailing_data" };
    return { ...this.#size, bytes: this.#frame.subarray(0, this.#at) };
  }
}
