import type { KeyBundle, PublicBundle } from "../key-bundle.ts";
import { concat } from "../primitives/bytes.ts";
import { sha256 } from "../primitives/hash.ts";
import { suiteOf } from "../suites.ts";
import { label } from "./wire.ts";

const LABEL = label("GH-device-settings-v1");

const signedBytes = (document: Uint8Array): Uint8Array => concat([LABEL, sha256(document)]);

/** The server's signature under settings that a device keeps: it holds beyond the session they came in. */
export const signDeviceSettings = (own: KeyBundle, document: Uint8Array): Uint8Array =>
  suiteOf(own.suite).signatures.sign(own.signingPair, signedBytes(document));

export const verifyDeviceSettings = (
  signer: PublicBundle,
  document: Uint8Array,
  signature: Uint8Array,
): boolean => suiteOf(signer.suite).signatures.verify(signer.signing, signedBytes(document), signature);
