import { joinBytes } from "../bytes.ts";

/** Boxes of ISO/IEC 14496-12 §4.2, to be written. */
export function box(type: string, ...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 8);
  return joinBytes([u32(length), ascii(type), ...parts]);
}

export const full = (
  type: string,
  version: number,
  flags: number,
  ...parts: readonly Uint8Array[]
): Uint8Array => box(type, u32(version * 0x0100_0000 + flags), ...parts);

export const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);
export const zeros = (length: number): Uint8Array => new Uint8Array(length);

export function u16(value: number): Uint8Array {
  const bytes = new Uint8Array(2);
  new DataView(bytes.buffer).setUint16(0, value);
  return bytes;
}

export function u32(value: number): Uint8Array {
  return words([value]);
}

export function u64(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
}

export function words(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of values.entries()) view.setUint32(index * 4, value >>> 0);
  return bytes;
}
