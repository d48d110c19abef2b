/** Profiles whose parameter sets say more of colours and scaling (ITU-T H.264 §7.3.2.1.1). */
const HIGH_PROFILES = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);
const MAX_BYTES = 4_096;

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** Width and height that a sequence parameter set promises; undefined for what is none. */
export const sizeOfSps = (nal: Uint8Array): PictureSize | undefined => readSps(nal)?.size;

/**
 * The same parameter set without its annex for displays (§E.1): it is also what makes a decoder hold pictures back, as many as
 * a stream may have in another order, of which single key frames have none. As it was where it is none.
 */
export function withoutVui(nal: Uint8Array): Uint8Array {
  const found = readSps(nal);
  if (found === undefined) return nal;
  const { payload, vuiAt } = found;
  // The flag that there is one becomes 0; then the bit that ends a payload (§7.3.2.11).
  const bytes = payload.slice(0, ((vuiAt + 1) >> 3) + 1);
  const put = (at: number, bit: 0 | 1): void => {
    const mask = 0x80 >> (at & 7);
    bytes[at >> 3] = ((bytes[at >> 3] as number) & ~mask) | (bit === 1 ? mask : 0);
  };
  put(vuiAt, 0);
  put(vuiAt + 1, 1);
  for (let at = vuiAt + 2; at >> 3 < bytes.length; at++) put(at, 0);
  return Uint8Array.of(nal[0] as number, ...withEmulation(bytes));
}

function readSps(nal: Uint8Array) {
  if (nal.length < 5 || nal.length > MAX_BYTES) return undefined;
  const payload = withoutEmulation(nal.subarray(1));
  const bits = new Bits(payload);
  const profile = bits.read(8);
  bits.read(16);
  bits.unsigned();
  let chroma = 1;
  if (HIGH_PROFILES.has(profile)) {
    chroma = bits.unsigned();
    if (chroma === 3) bits.read(1);
    bits.unsigned();
    bits.unsigned();
    bits.read(1);
    if (bits.read(1) === 1) skipScaling(bits, chroma === 3 ? 12 : 8);
  }
  skipOrder(bits);
  bits.unsigned();
  bits.read(1);
  const widthInMacroblocks = bits.unsigned() + 1;
  const mapUnits = bits.unsigned() + 1;
  const isFrames = bits.read(1);
  if (isFrames === 0) bits.read(1);
  bits.read(1);
  const crop = bits.read(1) === 1 ? [0, 0, 0, 0].map(() => bits.unsigned()) : [0, 0, 0, 0];
  const [left = 0, right = 0, top = 0, bottom = 0] = crop;
  // Units of cropping (7-19 to 7-22).
  const unitX = chroma === 1 || chroma === 2 ? 2 : 1;
  const unitY = (chroma === 1 ? 2 : 1) * (2 - isFrames);
  const width = widthInMacroblocks * 16 - (left + right) * unitX;
  const height = mapUnits * 16 * (2 - isFrames) - (top + bottom) * unitY;
  if (bits.isBeyond || width < 1 || height < 1 || width > 0xffff || height > 0xffff) return undefined;
  return { size: { width, height }, payload, vuiAt: bits.at };
}

function skipScaling(bits: Bits, lists: number): void {
  for (let list = 0; list < lists; list++) {
    if (bits.read(1) === 0) continue;
    let last = 8;
    let next = 8;
    for (let at = 0; at < (list < 6 ? 16 : 64) && !bits.isBeyond; at++) {
      if (next !== 0) next = (last + bits.signed() + 256) % 256;
      last = next === 0 ? last : next;
    }
  }
}

function skipOrder(bits: Bits): void {
  bits.unsigned();
  const type = bits.unsigned();
  if (type === 0) bits.unsigned();
  if (type !== 1) return;
  bits.read(1);
  bits.signed();
  bits.signed();
  const cycle = bits.unsigned();
  for (let at = 0; at < cycle && !bits.isBeyond; at++) bits.signed();
}

/** 0, 0, 3 stands for 0, 0 (§7.4.1). */
function withoutEmulation(bytes: Uint8Array): Uint8Array {
  return bytes.filter((byte, at) => !(byte === 3 && at >= 2 && bytes[at - 1] === 0 && bytes[at - 2] === 0));
}

function withEmulation(bytes: Uint8Array): number[] {
  const out: number[] = [];
  for (const byte of bytes) {
    if (byte <= 3 && out.at(-1) === 0 && out.at(-2) === 0) out.push(3);
    out.push(byte);
  }
  return out;
}

class Bits {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get at(): number {
    return this.#at;
  }

  get isBeyond(): boolean {
    return this.#at > this.#bytes.length * 8;
  }

  /** Zeros beyond the end. */
  read(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++, this.#at++) {
      const byte = this.#bytes[this.#at >> 3] ?? 0;
      value = value * 2 + ((byte >> (7 - (this.#at & 7))) & 1);
    }
    return value;
  }

  /** Exp-Golomb (§9.1). */
  unsigned(): number {
    let zeros = 0;
    while (zeros < 32 && !this.isBeyond && this.read(1) === 0) zeros++;
    return 2 ** zeros - 1 + this.read(zeros);
  }

  signed(): number {
    const code = this.unsigned();
    return code % 2 === 0 ? -code / 2 : (code + 1) / 2;
  }
}
