import { createVerifierKey, KEY_TYPES, type Signer } from "@gatehouse/ledger";
import { deriveKey, ed25519Signer, type MasterKey } from "../../platform/secrets/index.ts";

/** The same, each log's derived once. */
export function logSigners(master: MasterKey): (origin: string) => Signer {
  const signers = new Map<string, Signer>();
  return (origin) => {
    const signer = signers.get(origin) ?? logSigner(master, origin);
    signers.set(origin, signer);
    return signer;
  };
}

/** The key that signs a log's checkpoints. Each log has its own: it comes from the master key and the log's name. */
export function logSigner(master: MasterKey, origin: string): Signer {
  const { publicKey, sign } = ed25519Signer(deriveKey(master, `ledger/log/${origin}`));
  return { key: createVerifierKey(origin, KEY_TYPES.note, publicKey), sign };
}
