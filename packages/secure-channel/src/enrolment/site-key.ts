import { ascii, concat } from "../primitives/bytes.ts";
import { ed25519 } from "../primitives/ed25519.ts";
import type { KeyPair, PublicKey } from "../primitives/keys.ts";
import { label, lengthPrefixed, type RawKeys, u64 } from "./wire.ts";

/** A bundle that a site gateway uses towards the devices at its site, which the trust root vouches for. */
export interface SiteKeyTerms extends RawKeys {
  /** The gateway's device id, lower-case UUID. */
  readonly gatewayId: string;
  readonly suite: number;
  /** Unix ms of the server's clock. */
  readonly issuedMs: number;
}

const LABEL = label("GH-site-key-v1");

const encode = ({ gatewayId, suite, agreementKey, signingKey, issuedMs }: SiteKeyTerms): Uint8Array =>
  concat([
    LABEL,
    lengthPrefixed(ascii(gatewayId)),
    Uint8Array.of(suite),
    lengthPrefixed(agreementKey),
    lengthPrefixed(signingKey),
    u64(issuedMs),
  ]);

export const signSiteKey = (root: KeyPair, terms: SiteKeyTerms): Uint8Array =>
  ed25519.sign(root, encode(terms));

export const verifySiteKey = (root: PublicKey, terms: SiteKeyTerms, signature: Uint8Array): boolean =>
  ed25519.verify(root, encode(terms), signature);
