// What a browser does with the channel: read headers, name keys, check signatures. No node: module is reached from
// here (tested); cryptography is WebCrypto, and noble's secp256k1, which WebCrypto does not have.
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { type KeyId, keyIdInput, keyIdOf } from "./key-id.ts";
import { isSoundEd25519Key } from "./primitives/ed25519-keys.ts";
import { SIGNATURE_BYTES } from "./primitives/keys.ts";
import { type SignedPart, signedBytes } from "./sealed/signed-part.ts";
import { SUITE_IDS, type SuiteId } from "./suite-ids.ts";

export { type RefusalReason, refusalReason } from "./refusal.ts";
export { CONTENT_TYPES, type ContentType, parseSealedHeader, type SealedHeader } from "./sealed/header.ts";
export { parseForwarded, type SignedPart } from "./sealed/signed-part.ts";
export { SUITE_IDS, type SuiteId } from "./suite-ids.ts";

/** Public keys of a sender, as far as checking its signatures needs them. */
export interface VerifyingBundle {
  readonly suite: SuiteId;
  readonly keyId: KeyId;
  readonly signing: Uint8Array;
}

/** A bundle from raw public keys, secp256k1 ones compressed; undefined when one of them is no key of the suite. */
export async function importVerifyingBundle(
  suite: SuiteId,
  agreement: Uint8Array,
  signing: Uint8Array,
): Promise<VerifyingBundle | undefined> {
  const isSound = suite === SUITE_IDS.M1 ? areM1Keys(agreement, signing) : areC1Keys(agreement, signing);
  if (!isSound) return undefined;
  const keyId = keyIdOf(await sha256(keyIdInput(suite, agreement, signing)));
  return { suite, keyId, signing: Uint8Array.from(signing) };
}

/**
 * Whether `signer` signed the part: of a message that was opened elsewhere, or of a forwarded body (`parseForwarded`).
 * Needs no decryption key. Says nothing of replay: the same part verifies for ever.
 */
export async function isSignedBy(part: SignedPart, signer: VerifyingBundle): Promise<boolean> {
  const isNamed = part.header.suite === signer.suite && part.header.senderKeyId === signer.keyId;
  if (!isNamed || part.signature.length !== SIGNATURE_BYTES) return false;
  const [headerHash, payloadHash] = await Promise.all([sha256(part.headerBytes), sha256(part.payload)]);
  const message = signedBytes(headerHash, payloadHash);
  if (signer.suite === SUITE_IDS.C1)
    return secp256k1.verify(part.signature, message, signer.signing, { lowS: true, prehash: true });
  const key = await crypto.subtle.importKey("raw", own(signer.signing), "Ed25519", false, ["verify"]);
  return crypto.subtle.verify("Ed25519", key, own(part.signature), own(message));
}

const areM1Keys = (agreement: Uint8Array, signing: Uint8Array): boolean =>
  agreement.length === 32 && isSoundEd25519Key(signing);

const areC1Keys = (...keys: Uint8Array[]): boolean =>
  keys.every((key) => key.length === 33 && secp256k1.utils.isValidPublicKey(key));

/** WebCrypto takes no view of shared memory; TypeScript cannot tell that ours are none. */
const own = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);

const sha256 = async (bytes: Uint8Array): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", own(bytes)));
