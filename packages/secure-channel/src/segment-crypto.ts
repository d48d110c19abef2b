import { createCipheriv, createDecipheriv, createHash, hkdfSync } from "node:crypto";
import type { Clock } from "@gatehouse/base";
import { importSecret, sha256 } from "./primitives/hash.ts";

const TAG_BYTES = 16;
/** Numbers of packages/video (`CIPHERS`). Node types the modes apart; both are AEADs with the same calls. */
const NAMES = { 1: "aes-256-gcm", 2: "chacha20-poly1305" as "aes-256-gcm" } as const;
type CipherId = keyof typeof NAMES;

/** What sealed segments of recordings need of cryptography (`SegmentCrypto` of packages/video), by OpenSSL. */
export const segmentCrypto = {
  seal(
    cipher: CipherId,
    key: Uint8Array,
    nonce: Uint8Array,
    aad: Uint8Array,
    plaintext: Uint8Array,
  ): Uint8Array {
    const sealer = createCipheriv(NAMES[cipher], importSecret(key), nonce, { authTagLength: TAG_BYTES });
    sealer.setAAD(aad);
    return Buffer.concat([sealer.update(plaintext), sealer.final(), sealer.getAuthTag()]);
  },
  open(
    cipher: CipherId,
    key: Uint8Array,
    nonce: Uint8Array,
    aad: Uint8Array,
    sealed: Uint8Array,
  ): Uint8Array | undefined {
    if (sealed.length < TAG_BYTES) return undefined;
    const tagAt = sealed.length - TAG_BYTES;
    const opener = createDecipheriv(NAMES[cipher], importSecret(key), nonce, { authTagLength: TAG_BYTES });
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
  /** RFC 5869. */
  hkdfSha256: (keyMaterial: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): Uint8Array =>
    new Uint8Array(hkdfSync("sha256", keyMaterial, salt, info, length)),
};

/** SHA-256 over bytes that come in pieces; ask `digest` once, at the end. */
export function createSha256(): { update(part: Uint8Array): void; digest(): Uint8Array } {
  const hash = createHash("sha256");
  return { update: (part) => void hash.update(part), digest: () => hash.digest() };
}

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
  return bestMs(1) > CLEARLY_FASTER * bestMs(2) ? 2 : 1;
}
