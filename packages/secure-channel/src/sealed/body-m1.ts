import { GCM_TAG_BYTES, gcmOpen, gcmSeal } from "../primitives/aes-gcm.ts";
import { ascii } from "../primitives/bytes.ts";
import { x25519 } from "../primitives/x25519.ts";
import type { BodyCipher } from "./body-cipher.ts";
import { createHpke, HPKE_AEAD } from "./hpke.ts";

const ENCAPSULATED_BYTES = x25519.publicKeyBytes;
const hpke = createHpke(HPKE_AEAD.AES_256_GCM, ascii("SX-M1-seal-v1\0"));

/** enc 32 ‖ AES-256-GCM ciphertext ‖ tag 16: one message of HPKE in base mode. */
export const m1Body: BodyCipher = {
  sealedBytes: (plainBytes) => ENCAPSULATED_BYTES + plainBytes + GCM_TAG_BYTES,
  seal(recipient, header, plaintext, random) {
    const setup = hpke.setupSender(recipient, random);
    if (setup === undefined) return undefined;
    const { key, nonce } = setup.keys;
    return [setup.encapsulated, ...gcmSeal(key, nonce, header, plaintext)];
  },
  open(recipient, header, body) {
    if (body.length < m1Body.sealedBytes(0)) return undefined;
    const keys = hpke.setupRecipient(recipient, body.subarray(0, ENCAPSULATED_BYTES));
    return keys && gcmOpen(keys.key, keys.nonce, header, body.subarray(ENCAPSULATED_BYTES));
  },
};
