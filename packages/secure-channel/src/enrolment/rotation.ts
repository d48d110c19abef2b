import type { KeyBundle, PublicBundle } from "../key-bundle.ts";
import { concat, fromHex } from "../primitives/bytes.ts";
import { suiteOf } from "../suites.ts";
import { label } from "./wire.ts";

/** What the keys of a new bundle prove themselves on; the agreement key by `agreementProof`. */
export const encodeRotation = (oldKeyId: string, newKeyId: string): Uint8Array =>
  concat([label("SX1-rotate"), fromHex(oldKeyId), fromHex(newKeyId)]);

/** By the new bundle. */
export const signRotation = (own: KeyBundle, transcript: Uint8Array): Uint8Array =>
  suiteOf(own.suite).signatures.sign(own.signingPair, transcript);

export const verifyRotation = (
  signer: PublicBundle,
  transcript: Uint8Array,
  signature: Uint8Array,
): boolean => suiteOf(signer.suite).signatures.verify(signer.signing, transcript, signature);
