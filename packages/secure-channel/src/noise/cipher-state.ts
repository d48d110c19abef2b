import { concat } from "../primitives/bytes.ts";
import type { Aead, KeyedAead } from "./protocol.ts";

/** A key and its counter (Noise §5.1). Without a key it passes bytes through. */
export class CipherState {
  readonly #aead: Aead;
  readonly #keyed: KeyedAead | undefined;
  #sequence = 0;

  constructor(aead: Aead, key?: Uint8Array) {
    this.#aead = aead;
    this.#keyed = key && aead.withKey(key, { direction: 0, epoch: 0 });
  }

  /** Bytes that `encrypt` makes of `plainBytes` bytes. */
  sealedBytes(plainBytes: number): number {
    return this.#keyed ? this.#aead.sealedBytes(plainBytes) : plainBytes;
  }

  encrypt(associatedData: Uint8Array, plaintext: Uint8Array): Uint8Array {
    return this.#keyed ? concat(this.#keyed.seal(this.#sequence++, associatedData, plaintext)) : plaintext;
  }

  /** Undefined when it is not authentic; the counter then stands still. */
  decrypt(associatedData: Uint8Array, ciphertext: Uint8Array): Uint8Array | undefined {
    if (!this.#keyed) return ciphertext;
    const plaintext = this.#keyed.open(this.#sequence, associatedData, ciphertext);
    if (plaintext !== undefined) this.#sequence++;
    return plaintext;
  }
}
