import { diffieHellman } from "node:crypto";
import type { Dh } from "./keys.ts";
import { generateOkpPair, importOkpPair, privateKeyObject, publicKeyObject } from "./okp.ts";

const KEY_BYTES = 32;

/** X25519 (RFC 7748). */
export const x25519: Dh = {
  publicKeyBytes: KEY_BYTES,
  generateKeyPair: (random) => generateOkpPair("X25519", random),
  importKeyPair: (raw) => importOkpPair("X25519", raw),
  importPublicKey: (raw) => (raw.length === KEY_BYTES ? { raw: Uint8Array.from(raw) } : undefined),
  dh(own, peer) {
    const privateKey = privateKeyObject("X25519", own);
    const publicKey = publicKeyObject("X25519", peer);
    try {
      return diffieHellman({ privateKey, publicKey });
    } catch {
      // OpenSSL refuses a result of zeros (RFC 7748 §6.1): the peer sent a point of small order.
      return undefined;
    }
  },
};
