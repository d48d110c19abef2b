import { utf8 } from "../bytes.ts";
import { defaultHash } from "../tree-hash.ts";
import { createSigner as createSignerOf, KEY_TYPES, type KeyType, type Signer } from "../verifier-key.ts";

/** A private key for tests and vectors: the hash of its name. */
export const seedOf = (name: string): Uint8Array => defaultHash(utf8(`gatehouse vectors ${name}`));

export const createSigner = (name: string, type: KeyType = KEY_TYPES.note): Signer =>
  createSignerOf(name, type, seedOf(name));

export const logSigner = createSigner("gatehouse.example/log/1");
export const laterLogSigner = createSigner("gatehouse.example/log/2");
export const rootSigner = createSigner("gatehouse.example/root");
export const ownerSigner = createSigner("gatehouse.example/owner");
export const witnessSigner = createSigner("gateway-7.example", KEY_TYPES.cosignature);
export const otherWitnessSigner = createSigner("neighbour.example", KEY_TYPES.cosignature);
