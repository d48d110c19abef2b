import { ed25519 } from "@noble/curves/ed25519.js";
import { bytesToNumberLE } from "@noble/curves/utils.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { concatBytes } from "@noble/hashes/utils.js";
import { sameBytes } from "./bytes.ts";

export const PUBLIC_KEY_BYTES = 32;
export const SIGNATURE_BYTES = 64;

const { Point } = ed25519;
const ORDER = Point.Fn.ORDER;

/** Makes an Ed25519 signature of the bytes (RFC 8032 §5.1.6); the private key stays with whoever gives this. */
export type Sign = (bytes: Uint8Array) => Uint8Array;

/** The public key of 32 secret bytes, and what signs with them (RFC 8032 §5.1.5). */
export const keyPairOf = (seed: Uint8Array): { readonly publicKey: Uint8Array; readonly sign: Sign } => ({
  publicKey: ed25519.getPublicKey(seed),
  sign: (bytes) => ed25519.sign(bytes, seed),
});

/**
 * Whether the signature is of the message and the key: RFC 8032 §5.1.7 with the equation as it stands, [s]B = R + [k]A
 * without the cofactor, as OpenSSL, Go and WebCrypto compute it. R is compared by its bytes, so that only its canonical
 * encoding passes; s is below L; no key of small order. Takes any input.
 */
export function isEd25519Signature(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  const key = soundKey(publicKey);
  if (key === undefined || signature.length !== SIGNATURE_BYTES) return false;
  const [r, s] = [signature.subarray(0, 32), bytesToNumberLE(signature.subarray(32))];
  if (s >= ORDER) return false;
  const k = bytesToNumberLE(sha512(concatBytes(r, publicKey, message))) % ORDER;
  return sameBytes(Point.BASE.multiplyUnsafe(s).subtract(key.multiplyUnsafe(k)).toBytes(), r);
}

/** Whether 32 bytes are a canonical encoding of a point that is not of small order, so that a signature binds. */
export const isSoundEd25519Key = (publicKey: Uint8Array): boolean => soundKey(publicKey) !== undefined;

function soundKey(publicKey: Uint8Array) {
  if (publicKey.length !== PUBLIC_KEY_BYTES) return undefined;
  try {
    const point = Point.fromBytes(publicKey, false);
    return point.isSmallOrder() ? undefined : point;
  } catch {
    return undefined;
  }
}
