import { ed25519 } from "@noble/curves/ed25519.js";

export const PUBLIC_KEY_BYTES = 32;
export const SIGNATURE_BYTES = 64;

/** Makes an Ed25519 signature of the bytes (RFC 8032 §5.1.6); the private key stays with whoever gives this. */
export type Sign = (bytes: Uint8Array) => Uint8Array;

/**
 * Whether the signature is of the message and the key: RFC 8032 §5.1.7 with canonical encodings, and no key of
 * small order. Takes any input.
 */
export function isEd25519Signature(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (publicKey.length !== PUBLIC_KEY_BYTES || signature.length !== SIGNATURE_BYTES) return false;
  return ed25519.verify(signature, message, publicKey, { zip215: false });
}

/** Whether 32 bytes are a canonical encoding of a point that is not of small order, so that a signature binds. */
export function isSoundEd25519Key(publicKey: Uint8Array): boolean {
  try {
    return publicKey.length === PUBLIC_KEY_BYTES && !ed25519.Point.fromBytes(publicKey, false).isSmallOrder();
  } catch {
    return false;
  }
}
