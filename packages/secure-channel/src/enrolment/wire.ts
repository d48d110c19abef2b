import { ascii } from "../primitives/bytes.ts";

/** The public keys of a bundle, each in its one raw encoding. */
export interface RawKeys {
  readonly agreementKey: Uint8Array;
  readonly signingKey: Uint8Array;
}

/** A label that ends with a zero byte, so that no label begins another one. */
export const label = (text: string): Uint8Array => ascii(`${text}\0`);

/** Big-endian; 0 ≤ value ≤ 2^53 − 1. */
export function u64(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
}

/** Length in two bytes, big-endian, and the bytes. */
export function lengthPrefixed(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(2 + bytes.length);
  new DataView(out.buffer).setUint16(0, bytes.length);
  out.set(bytes, 2);
  return out;
}
