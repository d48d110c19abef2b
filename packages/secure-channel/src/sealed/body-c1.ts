import {
  CBC_HMAC_TAG_BYTES,
  CBC_IV_BYTES,
  type CbcHmacKeys,
  cbcHmacOpen,
  cbcHmacSeal,
} from "../primitives/aes-cbc-hmac.ts";
import { ascii } from "../primitives/bytes.ts";
import { hkdfSha256, hmacSha256, sha256 } from "../primitives/hash.ts";
import { secp256k1Dh } from "../primitives/secp256k1.ts";
import type { BodyCipher } from "./body-cipher.ts";

const EPHEMERAL_BYTES = secp256k1Dh.publicKeyBytes;
const BLOCK_BYTES = 16;
const KEY_BYTES = 32;
const SALT = sha256(ascii("SX-C1-salt-v1"));
const INFO = ascii("SX-C1-seal-v1\0");

/** ECIES: ephemeral key 33 ‖ IV 16 ‖ AES-256-CBC ciphertext ‖ HMAC-SHA-256 32, encrypt-then-MAC. */
export const c1Body: BodyCipher = {
  sealedBytes: (plainBytes) =>
    EPHEMERAL_BYTES +
    CBC_IV_BYTES +
    (Math.floor(plainBytes / BLOCK_BYTES) + 1) * BLOCK_BYTES +
    CBC_HMAC_TAG_BYTES,
  seal(recipient, header, plaintext, random) {
    const pair = secp256k1Dh.generateKeyPair(random);
    const shared = secp256k1Dh.dh(pair, recipient);
    if (shared === undefined) return undefined;
    const ephemeral = pair.publicKey.raw;
    const iv = random.bytes(CBC_IV_BYTES);
    const keys = deriveKeys(shared, ephemeral, recipient.raw, header);
    return [ephemeral, iv, ...cbcHmacSeal(keys, iv, [header, ephemeral], plaintext)];
  },
  open(recipient, header, body) {
    const ephemeral = body.subarray(0, EPHEMERAL_BYTES);
    const point = secp256k1Dh.importPublicKey(ephemeral);
    const shared = point && secp256k1Dh.dh(recipient, point);
    if (shared === undefined) return undefined;
    const keys = deriveKeys(shared, ephemeral, recipient.publicKey.raw, header);
    const iv = body.subarray(EPHEMERAL_BYTES, EPHEMERAL_BYTES + CBC_IV_BYTES);
    return cbcHmacOpen(keys, iv, [header, ephemeral], body.subarray(EPHEMERAL_BYTES + CBC_IV_BYTES));
  },
};

function deriveKeys(
  shared: Uint8Array,
  ephemeral: Uint8Array,
  recipient: Uint8Array,
  header: Uint8Array,
): CbcHmacKeys {
  const both = hkdfSha256(shared, SALT, [INFO, ephemeral, recipient, header], 2 * KEY_BYTES);
  const mac = (pieces: readonly Uint8Array[]) => hmacSha256(both.subarray(KEY_BYTES), pieces);
  return { encryption: both.subarray(0, KEY_BYTES), mac };
}
