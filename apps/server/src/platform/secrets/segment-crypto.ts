import { createCipheriv, createDecipheriv } from "node:crypto";
import type { Clock } from "@gatehouse/base";
import { CIPHERS, type CipherId, type SegmentCrypto } from "@gatehouse/video";
import { sha256 } from "./digest.ts";
import { hkdfSha256 } from "./master-key.ts";
import { secretKeyOf } from "./secret-key.ts";

const TAG_BYTES = 16;
/** Node types the modes apart; both are AEADs with the same calls. */
const nameOf = (cipher: CipherId) =>
  (cipher === CIPHERS.aes256gcm ? "aes-256-gcm" : "chacha20-poly1305") as "aes-256-gcm";

/** What sealed segments need of cryptography, by OpenSSL. */
export const segmentCrypto: SegmentCrypto = {
  seal(cipher, key, nonce, aad, plaintext) {
    const sealer = createCipheriv(nameOf(cipher), secretKeyOf(key), nonce, { authTagLength: TAG_BYTES });
    sealer.setAAD(aad);
    return Buffer.concat([sealer.update(plaintext), sealer.final(), sealer.getAuthTag()]);
  },
  open(cipher, key, nonce, aad, sealed) {
    if (sealed.length < TAG_BYTES) return undefined;
    const tagAt = sealed.length - TAG_BYTES;
    const opener = createDecipheriv(nameOf(cipher), secretKeyOf(key), nonce, { authTagLength: TAG_BYTES });
    opener.setAAD(aad);
    opener.setAuthTag(sealed.subarray(tagAt));
    const plaintext = opener.update(sealed.subarray(0, tagAt));
    try {
      opener.final();
    } catch {
      return undefined;
    }
    return plaintext;
  },
  sha256,
  hkdfSha256,
};

const PROBE_BYTES = 262_144;
const PROBES = 5;
/** AES has the advantage of every doubt: only a processor without AES is this much faster with ChaCha20. */
const CLEARLY_FASTER = 1.5;

/** AES-256-GCM, but ChaCha20-Poly1305 where the processor has no AES. No system says so alike everywhere; a few ms do. */
export function fastestCipher(clock: Clock): CipherId {
  const [key, nonce, none, bytes] = [32, 12, 0, PROBE_BYTES].map((length) => new Uint8Array(length)) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  const bestMs = (cipher: CipherId): number => {
    const runs = Array.from({ length: PROBES }, () => {
      const startMs = clock.monotonicMs();
      segmentCrypto.seal(cipher, key, nonce, none, bytes);
      return clock.monotonicMs() - startMs;
    });
    return Math.min(...runs);
  };
  const isSlow = bestMs(CIPHERS.aes256gcm) > CLEARLY_FASTER * bestMs(CIPHERS.chacha20poly1305);
  return isSlow ? CIPHERS.chacha20poly1305 : CIPHERS.aes256gcm;
}
