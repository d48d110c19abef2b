/** Pieces of ISO/IEC 14496-12: numbers are big-endian. */
export const u8 = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);
export const u16 = (...values: readonly number[]): Uint8Array => words(values, 2);
export const u32 = (...values: readonly number[]): Uint8Array => words(values, 4);
export const zeros = (count: number): Uint8Array => new Uint8Array(count);

export function u64(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
}

export const ascii = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

export const join = (...pieces: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(pieces));

export const box = (type: string, ...body: readonly Uint8Array[]): Uint8Array => {
  const length = body.reduce((sum, piece) => sum + piece.length, 8);
  return join(u32(length), ascii(type), ...body);
};

/** With version and flags (§4.2). */
export const fullBox = (type: string, version: number, flags: number, ...body: readonly Uint8Array[]) =>
  box(type, u32(version * 0x1_00_00_00 + flags), ...body);

function words(values: readonly number[], size: 2 | 4): Uint8Array {
  const bytes = new Uint8Array(values.length * size);
  const view = new DataView(bytes.buffer);
  for (const [at, value] of values.entries()) {
    if (size === 2) view.setUint16(at * 2, value);
    // The same bits for a negative number.
    else view.setUint32(at * 4, value >>> 0);
  }
  return bytes;
}
