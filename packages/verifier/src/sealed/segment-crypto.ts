import { CIPHERS, type CipherId, type SegmentCrypto } from "@gatehouse/video";
import { gcm } from "@noble/ciphers/aes.js";
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";

const cipherOf = (cipher: CipherId) => (cipher === CIPHERS.aes256gcm ? gcm : chacha20poly1305);

/** Without anything of the machine: the same in a browser, where WebCrypto is missing outside of secure addresses. */
export const portableCrypto: SegmentCrypto = {
  seal: (cipher, key, nonce, aad, plaintext) => cipherOf(cipher)(key, nonce, aad).encrypt(plaintext),
  open(cipher, key, nonce, aad, sealed) {
    try {
      return cipherOf(cipher)(key, nonce, aad).decrypt(sealed);
    } catch {
      return undefined;
    }
  },
  sha256: (bytes) => sha256(bytes),
  hkdfSha256: (key, salt, info, length) => hkdf(sha256, key, salt, info, length),
};
