import { createVerifierKey, KEY_TYPES, type Signer } from "@gatehouse/ledger";
import { deriveKey, ed25519Signer, type MasterKey } from "../../platform/secrets/index.ts";

/** The key that signs a log's checkpoints. Each log has its own: it comes from the master key and the log's name. */
export function logSigner(master: MasterKey, origin: string): Signer {
  const { publicKey, sign } = ed25519Signer(deriveKey(master, `ledger/log/${origin}`));
  return { key: createVerifierKey(origin, KEY_TYPES.note, publicKey), sign };
}
