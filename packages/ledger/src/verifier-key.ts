import { bytesToHex, concatBytes } from "@noble/hashes/utils.js";
import { decodeBase64Of, encodeBase64 } from "./base64.ts";
import { utf8 } from "./bytes.ts";
import { isSoundEd25519Key, keyPairOf, PUBLIC_KEY_BYTES, type Sign } from "./ed25519.ts";
import { MAX_KEY_NAME_LENGTH } from "./limits.ts";
import { malformed } from "./refusal.ts";
import { defaultHash } from "./tree-hash.ts";

/** Signature types of C2SP signed-note that are known here. */
export const KEY_TYPES = {
  /** Ed25519 over the text of a note. */
  note: 0x01,
  /** Ed25519 over a checkpoint and the time of it: C2SP tlog-cosignature, cosignature/v1. */
  cosignature: 0x04,
} as const;

export type KeyType = (typeof KEY_TYPES)[keyof typeof KEY_TYPES];

export interface VerifierKey {
  /** Not empty, without white space and plus. The name of a log's key is its origin. */
  readonly name: string;
  /** 4 bytes in 8 lower-case hex digits. Names a key, does not secure it. */
  readonly id: string;
  readonly type: KeyType;
  /** Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array;
}

export interface Signer {
  readonly key: VerifierKey;
  readonly sign: Sign;
}

/** C2SP signed-note asks for names without Unicode spaces and plus; control characters no note may have. */
export const isKeyName = (name: string): boolean =>
  name.length > 0 &&
  name.length <= MAX_KEY_NAME_LENGTH &&
  name.isWellFormed() &&
  !/[\s+\u0000-\u001f\u007f-\u009f]/u.test(name);

/** A key with its id: SHA-256(name ‖ 0x0A ‖ type ‖ public key)[:4], C2SP signed-note. */
export function createVerifierKey(name: string, type: KeyType, publicKey: Uint8Array): VerifierKey {
  if (!isKeyName(name)) throw malformed("verifier_key", "the name cannot be one of a key");
  if (!isSoundEd25519Key(publicKey)) throw malformed("verifier_key", "the public key is none");
  const digest = defaultHash(concatBytes(utf8(`${name}\n`), Uint8Array.of(type), publicKey));
  return { name, id: bytesToHex(digest.subarray(0, 4)), type, publicKey: Uint8Array.from(publicKey) };
}

/** A key that signs, from 32 secret bytes. */
export function createSigner(name: string, type: KeyType, seed: Uint8Array): Signer {
  const { publicKey, sign } = keyPairOf(seed);
  return { key: createVerifierKey(name, type, publicKey), sign };
}

/** `<name>+<id>+<base64(type ‖ public key)>`, C2SP signed-note, verifier keys. */
export const encodeVerifierKey = ({ name, id, type, publicKey }: VerifierKey): string =>
  `${name}+${id}+${encodeBase64(concatBytes(Uint8Array.of(type), publicKey))}`;

/** Refuses keys whose id is not theirs, and types that are not known here. */
export function parseVerifierKey(text: string): VerifierKey {
  // The base64 may have a plus, the name may not.
  const [name, id] = text.slice(0, MAX_KEY_NAME_LENGTH + 10).split("+", 2);
  if (name === undefined || id === undefined) throw malformed("verifier_key", "a part is missing");
  const material = decodeBase64Of(text.slice(name.length + id.length + 2), 1 + PUBLIC_KEY_BYTES);
  const type = Object.values(KEY_TYPES).find((known) => known === material?.[0]);
  if (material === undefined || type === undefined) throw malformed("verifier_key", "the type is not known");
  const key = createVerifierKey(name, type, material.subarray(1));
  if (encodeVerifierKey(key) !== text) throw malformed("verifier_key", "the id is not of this key");
  return key;
}
