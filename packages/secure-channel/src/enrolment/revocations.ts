import { ascii, concat } from "../primitives/bytes.ts";
import { ed25519 } from "../primitives/ed25519.ts";
import { sha256 } from "../primitives/hash.ts";
import type { KeyPair, PublicKey } from "../primitives/keys.ts";
import { label, u64 } from "./wire.ts";

/** `channel`: a key id; `api_key`: a key's id; `certificate`: a serial number. Ids are ASCII without spaces. */
export type RevokedKind = "channel" | "api_key" | "certificate";

export interface RevokedEntry {
  readonly kind: RevokedKind;
  readonly id: string;
  /** From when it is refused, Unix ms: an overlap ends in the future. */
  readonly fromMs: number;
}

export interface RevocationTerms {
  /** Only ever rises. */
  readonly version: number;
  readonly issuedMs: number;
  readonly entries: readonly RevokedEntry[];
}

const LABEL = label("GH-revocations-v1");

function encode({ version, issuedMs, entries }: RevocationTerms): Uint8Array {
  const lines = entries.map(({ kind, id, fromMs }) => `${kind} ${id} ${fromMs}\n`).join("");
  return concat([LABEL, u64(version), u64(issuedMs), sha256(ascii(lines))]);
}

export const signRevocations = (root: KeyPair, terms: RevocationTerms): Uint8Array =>
  ed25519.sign(root, encode(terms));

export const verifyRevocations = (root: PublicKey, terms: RevocationTerms, signature: Uint8Array): boolean =>
  ed25519.verify(root, encode(terms), signature);
