import type { Dh } from "../primitives/keys.ts";

/** A cipher that already knows its key, so that a key schedule runs once a key and not once a message. */
export interface KeyedAead {
  /** Pieces of the ciphertext, to be joined by the caller; `sequence` never repeats under one key. */
  seal(sequence: number, associatedData: Uint8Array, plaintext: Uint8Array): Uint8Array[];
  /** Undefined when it is not authentic. */
  open(sequence: number, associatedData: Uint8Array, sealed: Uint8Array): Uint8Array | undefined;
}

/** What a key is for; part of the IV of suite C1. */
export interface KeyUse {
  /** 0 in a handshake, 1 from initiator to responder, 2 back. */
  readonly direction: 0 | 1 | 2;
  /** 0..65,535. */
  readonly epoch: number;
}

/** Cipher functions (Noise §4.2) of 32-byte keys. */
export interface Aead {
  /** Length of the ciphertext of `plainBytes` bytes. */
  sealedBytes(plainBytes: number): number;
  /** Copies the key, so that the caller can overwrite it. */
  withKey(key: Uint8Array, use: KeyUse): KeyedAead;
}

export type Token = "e" | "s" | "ee" | "es" | "se" | "ss" | "psk";

export interface Pattern {
  /** Whether the responder's static key is known before the first message. */
  readonly initiatorKnowsResponder: boolean;
  readonly messages: readonly (readonly Token[])[];
}

/** Noise §7.5: the initiator knows whom it calls and shows its own key in the first message. */
export const IK: Pattern = {
  initiatorKnowsResponder: true,
  messages: [
    ["e", "es", "s", "ss"],
    ["e", "ee", "se"],
  ],
};

/** What a protocol name stands for. The hash is SHA-256 in every suite. */
export interface NoiseProtocol {
  /** `Noise_<pattern>_<dh>_<cipher>_SHA256`: the first thing hashed, so two protocols share no key. */
  readonly name: string;
  readonly pattern: Pattern;
  readonly dh: Dh;
  readonly aead: Aead;
}
