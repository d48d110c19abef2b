import { createCipheriv, createDecipheriv, type KeyObject } from "node:crypto";
import { importSecret, type SecretKey } from "./hash.ts";

export const GCM_TAG_BYTES = 16;
export const GCM_NONCE_BYTES = 12;

const algorithmOf = (key: KeyObject): "aes-128-gcm" | "aes-256-gcm" =>
  key.symmetricKeySize === 16 ? "aes-128-gcm" : "aes-256-gcm";

/**
 * AES-GCM (NIST SP 800-38D) with a 12-byte nonce that is never used twice with one key. Returns pieces to be
 * joined by the caller, so that a large message is copied once: the ciphertext of each piece, then the tag.
 */
export function gcmSeal(
  secret: SecretKey,
  nonce: Uint8Array,
  associatedData: Uint8Array,
  plaintext: readonly Uint8Array[],
): Uint8Array[] {
  const key = importSecret(secret);
  const cipher = createCipheriv(algorithmOf(key), key, nonce, { authTagLength: GCM_TAG_BYTES });
  cipher.setAAD(associatedData);
  const pieces: Uint8Array[] = plaintext.map((piece) => cipher.update(piece));
  cipher.final();
  pieces.push(cipher.getAuthTag());
  return pieces;
}

/** Opens ciphertext ‖ tag; undefined when it is not authentic. */
export function gcmOpen(
  secret: SecretKey,
  nonce: Uint8Array,
  associatedData: Uint8Array,
  sealed: Uint8Array,
): Uint8Array | undefined {
  const length = sealed.length - GCM_TAG_BYTES;
  if (length < 0) return undefined;
  const key = importSecret(secret);
  const decipher = createDecipheriv(algorithmOf(key), key, nonce, { authTagLength: GCM_TAG_BYTES });
  decipher.setAAD(associatedData);
  decipher.setAuthTag(sealed.subarray(length));
  const plaintext = decipher.update(sealed.subarray(0, length));
  try {
    decipher.final();
  } catch {
    return undefined;
  }
  return plaintext;
}
