/** What a segment is sealed with; given by whoever writes or reads it, so that the format is bytes alone. */
export interface SegmentCrypto {
  /** Ciphertext, then its tag of 16 bytes. A nonce never comes twice under one key. */
  seal(
    cipher: CipherId,
    key: Uint8Array,
    nonce: Uint8Array,
    aad: Uint8Array,
    plaintext: Uint8Array,
  ): Uint8Array;
  /** Undefined when it is not authentic. */
  open(
    cipher: CipherId,
    key: Uint8Array,
    nonce: Uint8Array,
    aad: Uint8Array,
    sealed: Uint8Array,
  ): Uint8Array | undefined;
  sha256(bytes: Uint8Array): Uint8Array;
  /** RFC 5869. */
  hkdfSha256(keyMaterial: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): Uint8Array;
}

/** AES-256-GCM, or ChaCha20-Poly1305 (RFC 8439) where the processor has no AES. */
export const CIPHERS = { aes256gcm: 1, chacha20poly1305: 2 } as const;
export type CipherId = (typeof CIPHERS)[keyof typeof CIPHERS];

export const KEY_BYTES = 32;
export const TAG_BYTES = 16;
