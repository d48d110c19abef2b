import type { Random } from "@gatehouse/base";
import { GCM_NONCE_BYTES } from "../primitives/aes-gcm.ts";
import { ascii, concat } from "../primitives/bytes.ts";
import { HASH_BYTES, hkdfExpand, hkdfExtract } from "../primitives/hash.ts";
import type { KeyPair, PublicKey } from "../primitives/keys.ts";
import { x25519 } from "../primitives/x25519.ts";

/** AEAD ids of RFC 9180 §7.3. Suite M1 uses AES_256_GCM; the RFC's own vectors are of the other. */
export const HPKE_AEAD = {
  AES_128_GCM: { id: 1, keyBytes: 16 },
  AES_256_GCM: { id: 2, keyBytes: 32 },
} as const;

type HpkeAead = (typeof HPKE_AEAD)[keyof typeof HPKE_AEAD];

/** Key and nonce of the first (here: only) message. */
export interface HpkeKeys {
  readonly key: Uint8Array;
  readonly nonce: Uint8Array;
}

export interface Hpke {
  /** SetupBaseS (§5.1.1): a fresh ephemeral key, its public half, and the keys. Undefined for a bad recipient key. */
  setupSender(recipient: PublicKey, random: Random): { encapsulated: Uint8Array; keys: HpkeKeys } | undefined;
  /** SetupBaseR. */
  setupRecipient(recipient: KeyPair, encapsulated: Uint8Array): HpkeKeys | undefined;
}

const KEM_ID = 0x0020;
const KDF_ID = 0x0001;
const MODE_BASE = 0;
const VERSION = ascii("HPKE-v1");
const NOTHING = new Uint8Array(0);

const uint16 = (value: number): Uint8Array => Uint8Array.of(value >> 8, value & 255);

/** LabeledExtract and LabeledExpand (§4) under one suite id. */
function labelled(suiteId: Uint8Array) {
  return {
    extract: (salt: Uint8Array, label: string, keyMaterial: Uint8Array): Uint8Array =>
      hkdfExtract(salt, [VERSION, suiteId, ascii(label), keyMaterial]),
    expand: (key: Uint8Array, label: string, info: Uint8Array, length: number): Uint8Array =>
      hkdfExpand(key, [uint16(length), VERSION, suiteId, ascii(label), info], length),
  };
}

const kem = labelled(concat([ascii("KEM"), uint16(KEM_ID)]));

/** DHKEM(X25519, HKDF-SHA256), ExtractAndExpand (§4.1). */
export function kemSharedSecret(dh: Uint8Array, encapsulated: Uint8Array, recipient: Uint8Array): Uint8Array {
  const pseudoRandomKey = kem.extract(NOTHING, "eae_prk", dh);
  return kem.expand(pseudoRandomKey, "shared_secret", concat([encapsulated, recipient]), HASH_BYTES);
}

/** HPKE in base mode (RFC 9180): DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-GCM. */
export function createHpke(aead: HpkeAead, info: Uint8Array): Hpke {
  const { extract, expand } = labelled(
    concat([ascii("HPKE"), uint16(KEM_ID), uint16(KDF_ID), uint16(aead.id)]),
  );
  const context = concat([
    Uint8Array.of(MODE_BASE),
    extract(NOTHING, "psk_id_hash", NOTHING),
    extract(NOTHING, "info_hash", info),
  ]);

  function schedule(sharedSecret: Uint8Array): HpkeKeys {
    const secret = extract(sharedSecret, "secret", NOTHING);
    return {
      key: expand(secret, "key", context, aead.keyBytes),
      nonce: expand(secret, "base_nonce", context, GCM_NONCE_BYTES),
    };
  }

  return {
    setupSender(recipient, random) {
      const ephemeral = x25519.generateKeyPair(random);
      const shared = x25519.dh(ephemeral, recipient);
      if (shared === undefined) return undefined;
      const encapsulated = ephemeral.publicKey.raw;
      return { encapsulated, keys: schedule(kemSharedSecret(shared, encapsulated, recipient.raw)) };
    },
    setupRecipient(recipient, encapsulated) {
      const ephemeral = x25519.importPublicKey(encapsulated);
      const shared = ephemeral && x25519.dh(recipient, ephemeral);
      return shared && schedule(kemSharedSecret(shared, encapsulated, recipient.publicKey.raw));
    },
  };
}
