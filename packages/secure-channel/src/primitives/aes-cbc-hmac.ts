import { createCipheriv, createDecipheriv } from "node:crypto";
import { writeUint64 } from "./bytes.ts";
import { equalInConstantTime, HASH_BYTES, importSecret, type SecretKey } from "./hash.ts";
import type { Mac } from "./prepared-hmac.ts";

export const CBC_IV_BYTES = 16;
export const CBC_HMAC_TAG_BYTES = HASH_BYTES;
const BLOCK_BYTES = 16;

/** A 32-byte key, and HMAC-SHA-256 under another that is independent of it. */
export interface CbcHmacKeys {
  readonly encryption: SecretKey;
  readonly mac: Mac;
}

/**
 * AES-256-CBC with PKCS#7 padding, then HMAC-SHA-256 over
 * associated data ‖ IV ‖ ciphertext ‖ u64(bits of associated data) ‖ u64(bits of ciphertext).
 * Returns pieces to be joined: the ciphertext, then the 32-byte tag. The IV is unpredictable and the caller's to send.
 */
export function cbcHmacSeal(
  keys: CbcHmacKeys,
  iv: Uint8Array,
  associatedData: readonly Uint8Array[],
  plaintext: readonly Uint8Array[],
): Uint8Array[] {
  const cipher = createCipheriv("aes-256-cbc", importSecret(keys.encryption), iv);
  const pieces: Uint8Array[] = plaintext.map((piece) => cipher.update(piece));
  pieces.push(cipher.final());
  pieces.push(macOf(keys.mac, iv, associatedData, pieces));
  return pieces;
}

/** Opens ciphertext ‖ tag; undefined when it is not authentic. CBC is not touched before the tag is found equal. */
export function cbcHmacOpen(
  keys: CbcHmacKeys,
  iv: Uint8Array,
  associatedData: readonly Uint8Array[],
  sealed: Uint8Array,
): Uint8Array | undefined {
  const length = sealed.length - CBC_HMAC_TAG_BYTES;
  if (length < BLOCK_BYTES || length % BLOCK_BYTES !== 0) return undefined;
  const ciphertext = sealed.subarray(0, length);
  const expected = macOf(keys.mac, iv, associatedData, [ciphertext]);
  return equalInConstantTime(expected, sealed.subarray(length))
    ? cbcDecrypt(keys.encryption, iv, ciphertext)
    : undefined;
}

/** Only for authenticated ciphertext: a wrong padding here is the sender's own mistake, not an oracle. */
function cbcDecrypt(key: SecretKey, iv: Uint8Array, ciphertext: Uint8Array): Uint8Array | undefined {
  const decipher = createDecipheriv("aes-256-cbc", importSecret(key), iv);
  const start = decipher.update(ciphertext);
  try {
    const end = decipher.final();
    return end.length === 0 ? start : Buffer.concat([start, end]);
  } catch {
    return undefined;
  }
}

function macOf(
  mac: Mac,
  iv: Uint8Array,
  associatedData: readonly Uint8Array[],
  ciphertext: readonly Uint8Array[],
): Uint8Array {
  const lengths = new Uint8Array(16);
  writeUint64(lengths, 0, 8 * bytesOf(associatedData));
  writeUint64(lengths, 8, 8 * bytesOf(ciphertext));
  return mac([...associatedData, iv, ...ciphertext, lengths]);
}

const bytesOf = (pieces: readonly Uint8Array[]): number =>
  pieces.reduce((sum, piece) => sum + piece.length, 0);
