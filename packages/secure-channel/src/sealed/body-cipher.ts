import type { Random } from "@gatehouse/base";
import type { KeyPair, PublicKey } from "../primitives/keys.ts";

/** How a suite encrypts the body of a single message to a public key; the header is associated data. */
export interface BodyCipher {
  /** Exact length of the body that carries `plainBytes` bytes: the header says it before the body exists. */
  sealedBytes(plainBytes: number): number;
  /** Pieces of the body in order; undefined when the recipient's key agrees on nothing. */
  seal(
    recipient: PublicKey,
    header: Uint8Array,
    plaintext: readonly Uint8Array[],
    random: Random,
  ): Uint8Array[] | undefined;
  /** Undefined for anything that is not authentic. */
  open(recipient: KeyPair, header: Uint8Array, body: Uint8Array): Uint8Array | undefined;
}
