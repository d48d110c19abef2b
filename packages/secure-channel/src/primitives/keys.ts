import type { Random, Secret } from "@gatehouse/base";

/** A public key that was checked when it was imported. `raw` is its one encoding; nobody writes into it. */
export interface PublicKey {
  readonly raw: Uint8Array;
}

export interface KeyPair {
  readonly publicKey: PublicKey;
  /** 32 bytes: X25519 scalar, Ed25519 seed or big-endian secp256k1 scalar. */
  readonly privateKey: Secret<Uint8Array>;
}

interface Keys {
  /** Of the encoding in `PublicKey.raw`: 32, or 33 for a compressed point (SEC 1 §2.3.3). */
  readonly publicKeyBytes: number;
  generateKeyPair(random: Random): KeyPair;
  /** Raw 32 bytes; undefined when they are not a private key of this kind. */
  importKeyPair(privateKey: Uint8Array): KeyPair | undefined;
  /**
   * Raw bytes only: 32, or a secp256k1 point of 33 or 65. Anything else, so any SPKI or PEM, is undefined: Node's
   * own import accepts curves with parameters of the sender's choice.
   */
  importPublicKey(raw: Uint8Array): PublicKey | undefined;
}

/** Key agreement. */
export interface Dh extends Keys {
  /** 32 bytes, not yet a key: derive from it. Undefined when they would be the same for any private key (all zero). */
  dh(own: KeyPair, peer: PublicKey): Uint8Array | undefined;
}

export const SIGNATURE_BYTES = 64;

/** Signatures of 64 bytes. */
export interface Signatures extends Keys {
  sign(own: KeyPair, message: Uint8Array): Uint8Array;
  verify(signer: PublicKey, message: Uint8Array, signature: Uint8Array): boolean;
}

export const PRIVATE_KEY_BYTES = 32;
