import type { Aead } from "../noise/protocol.ts";
import { CBC_HMAC_TAG_BYTES, CBC_IV_BYTES, cbcHmacOpen, cbcHmacSeal } from "../primitives/aes-cbc-hmac.ts";
import { GCM_NONCE_BYTES, GCM_TAG_BYTES, gcmOpen, gcmSeal } from "../primitives/aes-gcm.ts";
import { ascii, writeUint64 } from "../primitives/bytes.ts";
import { hkdfSha256, importSecret } from "../primitives/hash.ts";
import { prepareHmac } from "../primitives/prepared-hmac.ts";

/** Noise's AESGCM (§12.3): the nonce is 32 zero bits and the sequence. */
export const gcmAead: Aead = {
  sealedBytes: (plainBytes) => plainBytes + GCM_TAG_BYTES,
  withKey(raw) {
    const key = importSecret(raw);
    const nonceOf = (sequence: number): Uint8Array => {
      const nonce = new Uint8Array(GCM_NONCE_BYTES);
      writeUint64(nonce, 4, sequence);
      return nonce;
    };
    return {
      seal: (sequence, associatedData, plaintext) =>
        gcmSeal(key, nonceOf(sequence), associatedData, [plaintext]),
      open: (sequence, associatedData, sealed) => gcmOpen(key, nonceOf(sequence), associatedData, sealed),
    };
  },
};

const KEY_BYTES = 32;
const CBC_BLOCK_BYTES = 16;
const CBC_LABEL = ascii("SX-C1-aead-v1");
const NO_SALT = new Uint8Array(0);

/**
 * Suite C1: AES-256-CBC, then HMAC-SHA-256. The 32-byte key is split by HKDF in three: encryption, MAC and IV. The
 * IV is a pseudo-random function of direction, epoch and sequence, so it is not sent and never repeats.
 */
export const cbcHmacAead: Aead = {
  sealedBytes: (plainBytes) =>
    CBC_BLOCK_BYTES * (Math.floor(plainBytes / CBC_BLOCK_BYTES) + 1) + CBC_HMAC_TAG_BYTES,
  withKey(key, { direction, epoch }) {
    const okm = hkdfSha256(key, NO_SALT, [CBC_LABEL], 3 * KEY_BYTES);
    const part = (at: number) => okm.subarray(at * KEY_BYTES, (at + 1) * KEY_BYTES);
    const keys = { encryption: importSecret(part(0)), mac: prepareHmac(part(1)) };
    const ivMac = prepareHmac(part(2));
    okm.fill(0);
    const ivOf = (sequence: number): Uint8Array => {
      const input = new Uint8Array(11);
      input.set([direction, epoch >>> 8, epoch]);
      writeUint64(input, 3, sequence);
      return ivMac([input]).subarray(0, CBC_IV_BYTES);
    };
    return {
      seal: (sequence, associatedData, plaintext) =>
        cbcHmacSeal(keys, ivOf(sequence), [associatedData], [plaintext]),
      open: (sequence, associatedData, sealed) => cbcHmacOpen(keys, ivOf(sequence), [associatedData], sealed),
    };
  },
};
