import type { Random } from "@gatehouse/base";
import { type KeyId, keyIdInput, keyIdOf } from "./key-id.ts";
import { sameBytes } from "./primitives/bytes.ts";
import { sha256 } from "./primitives/hash.ts";
import type { KeyPair, PublicKey } from "./primitives/keys.ts";
import type { SuiteId } from "./suite-ids.ts";
import { suiteOf } from "./suites.ts";

/** One key for agreement and one for signatures, of one suite, under one key id. Holds imported keys: keep it. */
export interface PublicBundle {
  readonly suite: SuiteId;
  readonly keyId: KeyId;
  readonly agreement: PublicKey;
  readonly signing: PublicKey;
}

/** A bundle with its private keys. */
export interface KeyBundle extends PublicBundle {
  readonly agreementPair: KeyPair;
  readonly signingPair: KeyPair;
}

/**
 * A bundle from raw public keys (32 bytes; secp256k1 33 or 65); undefined when one of them is no key of the suite or
 * both are the same key: a key has one purpose.
 */
export function importPublicBundle(
  suite: SuiteId,
  agreementRaw: Uint8Array,
  signingRaw: Uint8Array,
): PublicBundle | undefined {
  const { dh, signatures } = suiteOf(suite);
  const agreement = dh.importPublicKey(agreementRaw);
  const signing = signatures.importPublicKey(signingRaw);
  if (agreement === undefined || signing === undefined) return undefined;
  return toPublicBundle(suite, agreement, signing);
}

/** A bundle from raw private keys of 32 bytes; undefined when one of them is no key of the suite. */
export function importKeyBundle(
  suite: SuiteId,
  agreementRaw: Uint8Array,
  signingRaw: Uint8Array,
): KeyBundle | undefined {
  const { dh, signatures } = suiteOf(suite);
  const agreementPair = dh.importKeyPair(agreementRaw);
  const signingPair = signatures.importKeyPair(signingRaw);
  if (agreementPair === undefined || signingPair === undefined) return undefined;
  return toKeyBundle(suite, agreementPair, signingPair);
}

export function generateKeyBundle(suite: SuiteId, random: Random): KeyBundle {
  const { dh, signatures } = suiteOf(suite);
  for (;;) {
    const bundle = toKeyBundle(suite, dh.generateKeyPair(random), signatures.generateKeyPair(random));
    if (bundle !== undefined) return bundle;
  }
}

function toKeyBundle(suite: SuiteId, agreementPair: KeyPair, signingPair: KeyPair): KeyBundle | undefined {
  const bundle = toPublicBundle(suite, agreementPair.publicKey, signingPair.publicKey);
  return bundle && { ...bundle, agreementPair, signingPair };
}

function toPublicBundle(suite: SuiteId, agreement: PublicKey, signing: PublicKey): PublicBundle | undefined {
  if (sameBytes(agreement.raw, signing.raw)) return undefined;
  return { suite, keyId: keyIdOf(sha256(keyIdInput(suite, agreement.raw, signing.raw))), agreement, signing };
}
