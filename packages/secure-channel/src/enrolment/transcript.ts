import type { KeyBundle, PublicBundle } from "../key-bundle.ts";
import type { KeyId } from "../key-id.ts";
import { ascii, concat, fromHex } from "../primitives/bytes.ts";
import { equalInConstantTime, HASH_BYTES, hkdfSha256, hmacSha256, sha256 } from "../primitives/hash.ts";
import type { SuiteId } from "../suite-ids.ts";
import { suiteOf } from "../suites.ts";
import { label, lengthPrefixed, type RawKeys } from "./wire.ts";

/** What an enrolment is about; every proof covers all of it. */
export interface EnrolmentTerms extends RawKeys {
  readonly suite: SuiteId;
  readonly claimId: Uint8Array;
  /** The server's, 64 bytes. */
  readonly nonce: Uint8Array;
  /** Of the server bundle that was used for the proof of the agreement key. */
  readonly serverKeyId: KeyId;
}

/** The bytes that both keys prove themselves on and the claim's MAC covers. */
export const encodeTranscript = (terms: EnrolmentTerms): Uint8Array =>
  concat([
    label("GH-enrol-v1"),
    Uint8Array.of(terms.suite),
    terms.claimId,
    terms.nonce,
    lengthPrefixed(terms.agreementKey),
    lengthPrefixed(terms.signingKey),
    fromHex(terms.serverKeyId),
  ]);

const SIGNATURE_LABEL = label("SX1-enrol");
const AGREEMENT_SALT = sha256(ascii("GH-enrol-v1"));
const AGREEMENT_INFO = ascii("agreement");

const signedBytes = (transcript: Uint8Array): Uint8Array => concat([SIGNATURE_LABEL, sha256(transcript)]);

/** Whoever holds the private signing key says so. */
export const signTranscript = (own: KeyBundle, transcript: Uint8Array): Uint8Array =>
  suiteOf(own.suite).signatures.sign(own.signingPair, signedBytes(transcript));

export const verifyTranscript = (
  signer: PublicBundle,
  transcript: Uint8Array,
  signature: Uint8Array,
): boolean => suiteOf(signer.suite).signatures.verify(signer.signing, signedBytes(transcript), signature);

/**
 * Both sides compute it: only who holds the private half of one of the two agreement keys can. `peer` is the other
 * side's raw agreement key. Undefined when it is no key of the suite, or gives the same result to everybody (a point
 * of small order).
 */
export function agreementProof(
  own: KeyBundle,
  peer: Uint8Array,
  transcript: Uint8Array,
): Uint8Array | undefined {
  const { dh } = suiteOf(own.suite);
  const peerKey = dh.importPublicKey(peer);
  const shared = peerKey && dh.dh(own.agreementPair, peerKey);
  if (shared === undefined) return undefined;
  return hmacSha256(hkdfSha256(shared, AGREEMENT_SALT, [AGREEMENT_INFO], HASH_BYTES), [transcript]);
}

const REQUEST_LABEL = label("request");
const ANSWER_LABEL = label("answer");

/** The device's MAC over its request. */
export const requestMac = (claimKey: Uint8Array, transcript: Uint8Array): Uint8Array =>
  hmacSha256(claimKey, [REQUEST_LABEL, transcript]);

/** The server's MAC over its answer, tied to the request. */
export const answerMac = (claimKey: Uint8Array, transcript: Uint8Array, answer: Uint8Array): Uint8Array =>
  hmacSha256(claimKey, [ANSWER_LABEL, sha256(transcript), answer]);

export const sameMac = equalInConstantTime;
