import { ed25519 } from "../primitives/ed25519.ts";
import type { KeyPair, PublicKey } from "../primitives/keys.ts";

/** The installation's root of trust, an Ed25519 key: what devices keep of it is `publicKey.raw`. */
export type TrustRoot = KeyPair;

/** From 32 secret bytes. */
export function openTrustRoot(seed: Uint8Array): TrustRoot {
  const pair = ed25519.importKeyPair(seed);
  if (pair === undefined) throw new RangeError("a trust root is made of 32 bytes");
  return pair;
}

/** From the 32 public bytes that a device was given; undefined when they are no sound key. */
export const importTrustRoot = (raw: Uint8Array): PublicKey | undefined => ed25519.importPublicKey(raw);
