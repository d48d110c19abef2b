import { concat } from "../primitives/bytes.ts";
import { ed25519 } from "../primitives/ed25519.ts";
import type { KeyPair, PublicKey } from "../primitives/keys.ts";
import type { SuiteId } from "../suite-ids.ts";
import { label, lengthPrefixed, type RawKeys, u64 } from "./wire.ts";

/** A server bundle with its time of validity (Unix ms), which the trust root vouches for. */
export interface ServerKeyTerms extends RawKeys {
  readonly suite: SuiteId;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

const LABEL = label("GH-server-key-v1");

const encode = (terms: ServerKeyTerms): Uint8Array =>
  concat([
    LABEL,
    Uint8Array.of(terms.suite),
    lengthPrefixed(terms.agreementKey),
    lengthPrefixed(terms.signingKey),
    u64(terms.notBeforeMs),
    u64(terms.notAfterMs),
  ]);

export const signServerKey = (root: KeyPair, terms: ServerKeyTerms): Uint8Array =>
  ed25519.sign(root, encode(terms));

export const verifyServerKey = (root: PublicKey, terms: ServerKeyTerms, signature: Uint8Array): boolean =>
  ed25519.verify(root, encode(terms), signature);
