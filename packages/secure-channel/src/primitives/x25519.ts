import { diffieHellman } from "node:crypto";
import { toHex } from "./bytes.ts";
import type { Dh } from "./keys.ts";
import { generateOkpPair, importOkpPair, privateKeyObject, publicKeyObject } from "./okp.ts";

const KEY_BYTES = 32;
/** Points of small order (u = 0, 1, the two of order 8, −1, and p, p + 1 for 0 and 1), the unused top bit clear. */
const SMALL_ORDER: ReadonlySet<string> = new Set([
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
  "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
]);

/** X25519 (RFC 7748). */
export const x25519: Dh = {
  publicKeyBytes: KEY_BYTES,
  generateKeyPair: (random) => generateOkpPair("X25519", random),
  importKeyPair: (raw) => importOkpPair("X25519", raw),
  importPublicKey: (raw) =>
    raw.length === KEY_BYTES && !isSmallOrder(raw) ? { raw: Uint8Array.from(raw) } : undefined,
  dh(own, peer) {
    const privateKey = privateKeyObject("X25519", own);
    const publicKey = publicKeyObject("X25519", peer);
    try {
      return diffieHellman({ privateKey, publicKey });
    } catch {
      // OpenSSL refuses a result of zeros (RFC 7748 §6.1), which only a point of small order gives.
      return undefined;
    }
  },
};

function isSmallOrder(raw: Uint8Array): boolean {
  const masked = Uint8Array.from(raw);
  masked[KEY_BYTES - 1] = (masked[KEY_BYTES - 1] as number) & 0x7f;
  return SMALL_ORDER.has(toHex(masked));
}
