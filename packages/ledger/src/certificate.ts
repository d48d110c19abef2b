import { bytesToHex } from "@noble/hashes/utils.js";
import { isSignedBy, type Note, signNote } from "./note.ts";
import { malformed } from "./refusal.ts";
import { defaultHash } from "./tree-hash.ts";
import {
  encodeVerifierKey,
  KEY_TYPES,
  parseVerifierKey,
  type Signer,
  type VerifierKey,
} from "./verifier-key.ts";

const TITLE = "gatehouse-ledger-key/v1";
const FINGERPRINT_BYTES = 16;

/**
 * The installation's trust root says that a key signs for its log. The root's fingerprint, compared by a person, then
 * stands for the log's key.
 */
export const certifyLog = (log: VerifierKey, root: Signer): Note =>
  signNote(`${TITLE}\n${encodeVerifierKey(log)}\n`, root);

/** The log's key; undefined when the root did not sign. */
export function openCertificate(certificate: Note, root: VerifierKey): VerifierKey | undefined {
  if (!isSignedBy(certificate, root)) return undefined;
  const [title, log = "", ...end] = certificate.text.split("\n", 4);
  if (title !== TITLE || end.length !== 1 || end[0] !== "")
    throw malformed("certificate", "the note is no certificate");
  const key = parseVerifierKey(log);
  if (key.type !== KEY_TYPES.note) throw malformed("certificate", "the key is not one of a log");
  return key;
}

/** What people compare: the first 16 bytes of SHA-256(public key) in hex, eight groups of four digits. */
export const fingerprintOf = (publicKey: Uint8Array): string =>
  (bytesToHex(defaultHash(publicKey).subarray(0, FINGERPRINT_BYTES)).match(/.{4}/g) ?? []).join(" ");

/** Whether a person's copy of a fingerprint is this one, however it is grouped. */
export const isFingerprintOf = (copied: string, publicKey: Uint8Array): boolean =>
  copied.replace(/[\s:-]/g, "").toLowerCase() === fingerprintOf(publicKey).replaceAll(" ", "");
