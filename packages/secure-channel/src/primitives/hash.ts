import { createHmac, createSecretKey, hash, type KeyObject, timingSafeEqual } from "node:crypto";

export const HASH_BYTES = 32;
/** RFC 5869 §2.3: the counter is one byte. */
const MAX_HKDF_BYTES = 255 * HASH_BYTES;
const NO_SALT = new Uint8Array(HASH_BYTES);

export const sha256 = (bytes: Uint8Array): Uint8Array => hash("sha256", bytes, "buffer");

/** Raw bytes, or a key that was imported for many messages. */
export type SecretKey = Uint8Array | KeyObject;

/** Node's ciphers and HMAC take a KeyObject five times as fast as bytes, this import included. */
export const importSecret = (key: SecretKey): KeyObject =>
  key instanceof Uint8Array ? createSecretKey(key) : key;

/** HMAC-SHA-256 (RFC 2104) over the pieces as if they were one. */
export function hmacSha256(key: SecretKey, pieces: readonly Uint8Array[]): Uint8Array {
  const mac = createHmac("sha256", importSecret(key));
  for (const piece of pieces) mac.update(piece);
  return mac.digest();
}

/** HKDF-Extract (RFC 5869 §2.2); an empty salt is 32 zero bytes. */
export const hkdfExtract = (salt: Uint8Array, keyMaterial: readonly Uint8Array[]): Uint8Array =>
  hmacSha256(salt.length === 0 ? NO_SALT : salt, keyMaterial);

/** HKDF-Expand (RFC 5869 §2.3), 0 ≤ `length` ≤ 8,160 bytes. */
export function hkdfExpand(
  pseudoRandomKey: Uint8Array,
  info: readonly Uint8Array[],
  length: number,
): Uint8Array {
  if (length > MAX_HKDF_BYTES) throw new RangeError("HKDF gives at most 8,160 bytes");
  const output = new Uint8Array(length);
  let block: Uint8Array = new Uint8Array(0);
  for (let at = 0, counter = 1; at < length; at += HASH_BYTES, counter++) {
    block = hmacSha256(pseudoRandomKey, [block, ...info, Uint8Array.of(counter)]);
    output.set(block.subarray(0, Math.min(HASH_BYTES, length - at)), at);
  }
  return output;
}

export const hkdfSha256 = (
  keyMaterial: Uint8Array,
  salt: Uint8Array,
  info: readonly Uint8Array[],
  length: number,
): Uint8Array => hkdfExpand(hkdfExtract(salt, [keyMaterial]), info, length);

/** Compares secrets; the time taken depends on the lengths alone. */
export const equalInConstantTime = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && timingSafeEqual(one, other);
