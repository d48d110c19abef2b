import { sha256 } from "@noble/hashes/sha2.js";

/** SHA-256 of bytes. A server gives a faster one; where none is given, one in JavaScript serves. */
export type Hash = (bytes: Uint8Array) => Uint8Array;

export const HASH_BYTES = 32;

export const defaultHash: Hash = (bytes) => sha256(bytes);

/** Hash of a leaf: H(0x00 ‖ data), RFC 6962 §2.1. */
export function hashLeaf(data: Uint8Array, hash: Hash = defaultHash): Uint8Array {
  const input = new Uint8Array(1 + data.length);
  input.set(data, 1);
  return hash(input);
}

/** Hash of two subtrees side by side: H(0x01 ‖ left ‖ right), RFC 6962 §2.1. */
export function hashNode(left: Uint8Array, right: Uint8Array, hash: Hash = defaultHash): Uint8Array {
  const input = new Uint8Array(1 + 2 * HASH_BYTES);
  input[0] = 1;
  input.set(left, 1);
  input.set(right, 1 + HASH_BYTES);
  return hash(input);
}

/** Root of the tree without a leaf: H of nothing, RFC 6962 §2.1. */
export const emptyRoot = (hash: Hash = defaultHash): Uint8Array => hash(new Uint8Array(0));
