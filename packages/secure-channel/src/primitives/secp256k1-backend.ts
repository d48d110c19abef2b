import { toHex } from "./bytes.ts";

/** Order of the base point (SEC 2 §2.4.1). */
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const HALF_ORDER = ORDER >> 1n;
const SCALAR_BYTES = 32;

/** What secp256k1 needs from a library. Points are checked and compressed (33 bytes), scalars 32 bytes in 1 … n − 1. */
export interface Secp256k1Backend {
  readonly name: "wasm" | "node";
  /** The compressed form of a 33- or 65-byte encoding; undefined when that is no point of the curve. */
  compress(point: Uint8Array): Uint8Array | undefined;
  multiplyBase(scalar: Uint8Array): Uint8Array;
  /** x-coordinate (32 bytes, SEC 1 §3.3.1) of scalar · point. */
  sharedX(scalar: Uint8Array, point: Uint8Array): Uint8Array;
  /** r ‖ s of a SHA-256 digest's message, s either half. */
  sign(message: Uint8Array, scalar: Uint8Array): Uint8Array;
  verify(message: Uint8Array, point: Uint8Array, signature: Uint8Array): boolean;
}

const toScalar = (bytes: Uint8Array): bigint => BigInt(`0x${toHex(bytes)}`);

function fromScalar(value: bigint): Uint8Array {
  const bytes = new Uint8Array(SCALAR_BYTES);
  for (let at = SCALAR_BYTES - 1, rest = value; at >= 0; at--, rest >>= 8n) bytes[at] = Number(rest & 255n);
  return bytes;
}

export function isPrivateScalar(bytes: Uint8Array): boolean {
  if (bytes.length !== SCALAR_BYTES) return false;
  const value = toScalar(bytes);
  return value > 0n && value < ORDER;
}

/**
 * Whether r and s are in 1 … n − 1 and s is in the lower half: (r, s) and (r, n − s) sign the same message, and one
 * message must not have two signatures (BIP 62). Libraries disagree on it, so it is decided here.
 */
export function isLowS(signature: Uint8Array): boolean {
  if (signature.length !== 2 * SCALAR_BYTES) return false;
  const s = toScalar(signature.subarray(SCALAR_BYTES));
  return isPrivateScalar(signature.subarray(0, SCALAR_BYTES)) && s > 0n && s <= HALF_ORDER;
}

/** The same signature with s in the lower half. */
export function toLowS(signature: Uint8Array): Uint8Array {
  const s = toScalar(signature.subarray(SCALAR_BYTES));
  if (s <= HALF_ORDER) return signature;
  const low = Uint8Array.from(signature);
  low.set(fromScalar(ORDER - s), SCALAR_BYTES);
  return low;
}
