import { ascii, concat } from "../primitives/bytes.ts";
import { HASH_BYTES, hkdfSha256, sha256 } from "../primitives/hash.ts";
import { CipherState } from "./cipher-state.ts";
import type { Aead } from "./protocol.ts";

const EMPTY = new Uint8Array(0);

/** Chaining key, transcript hash and cipher of a handshake (Noise §5.2). */
export class SymmetricState {
  readonly #aead: Aead;
  #chainingKey: Uint8Array;
  #hash: Uint8Array;
  #cipher: CipherState;

  constructor(aead: Aead, protocolName: string) {
    const name = ascii(protocolName);
    this.#aead = aead;
    this.#hash = name.length > HASH_BYTES ? sha256(name) : padded(name);
    this.#chainingKey = this.#hash;
    this.#cipher = new CipherState(aead);
  }

  get hash(): Uint8Array {
    return this.#hash;
  }

  /** Bytes that `encryptAndHash` makes of `plainBytes` bytes at this point of the handshake. */
  sealedBytes(plainBytes: number): number {
    return this.#cipher.sealedBytes(plainBytes);
  }

  mixKey(input: Uint8Array): void {
    const [chainingKey, key] = this.#derive(input, 2);
    this.#chainingKey = chainingKey;
    this.#cipher = new CipherState(this.#aead, key);
  }

  /** For a pre-shared key (Noise §9). */
  mixKeyAndHash(input: Uint8Array): void {
    const [chainingKey, data, key] = this.#derive(input, 3);
    this.#chainingKey = chainingKey;
    this.mixHash(data);
    this.#cipher = new CipherState(this.#aead, key);
  }

  mixHash(data: Uint8Array): void {
    this.#hash = sha256(concat([this.#hash, data]));
  }

  encryptAndHash(plaintext: Uint8Array): Uint8Array {
    const ciphertext = this.#cipher.encrypt(this.#hash, plaintext);
    this.mixHash(ciphertext);
    return ciphertext;
  }

  /** Undefined when it is not authentic. */
  decryptAndHash(ciphertext: Uint8Array): Uint8Array | undefined {
    const plaintext = this.#cipher.decrypt(this.#hash, ciphertext);
    if (plaintext !== undefined) this.mixHash(ciphertext);
    return plaintext;
  }

  /** The two 32-byte transport keys: initiator to responder, responder to initiator. */
  split(): readonly [Uint8Array, Uint8Array] {
    const [toResponder, toInitiator] = this.#derive(EMPTY, 2);
    return [toResponder, toInitiator];
  }

  /** Noise's HKDF (§4.3) is RFC 5869 with the chaining key as salt and no info. */
  #derive(input: Uint8Array, outputs: 2 | 3): [Uint8Array, Uint8Array, Uint8Array] {
    const output = hkdfSha256(input, this.#chainingKey, [], outputs * HASH_BYTES);
    const part = (at: number) => output.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES);
    return [part(0), part(1), part(2)];
  }
}

function padded(name: Uint8Array): Uint8Array {
  const hash = new Uint8Array(HASH_BYTES);
  hash.set(name);
  return hash;
}
