import { sign, verify } from "node:crypto";
import { isSoundEd25519Key } from "./ed25519-keys.ts";
import { SIGNATURE_BYTES, type Signatures } from "./keys.ts";
import { generateOkpPair, importOkpPair, privateKeyObject, publicKeyObject } from "./okp.ts";

/** Ed25519 (RFC 8032 §5.1). */
export const ed25519: Signatures = {
  publicKeyBytes: 32,
  generateKeyPair: (random) => generateOkpPair("Ed25519", random),
  importKeyPair: (raw) => importOkpPair("Ed25519", raw),
  importPublicKey: (raw) => (isSoundEd25519Key(raw) ? { raw: Uint8Array.from(raw) } : undefined),
  sign: (own, message) => sign(null, message, privateKeyObject("Ed25519", own)),
  verify: (signer, message, signature) =>
    signature.length === SIGNATURE_BYTES &&
    verify(null, message, publicKeyObject("Ed25519", signer), signature),
};
