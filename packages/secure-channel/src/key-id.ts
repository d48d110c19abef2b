import { ascii, concat, toHex } from "./primitives/bytes.ts";
import type { SuiteId } from "./suite-ids.ts";

/** 8 bytes as 16 lower-case hex digits: the name of a key bundle. */
export type KeyId = string;

export const KEY_ID_BYTES = 8;

const LABEL = ascii("SX-kid-v1");

/**
 * What is hashed to a key id: "SX-kid-v1" ‖ suite ‖ agreement public key ‖ signature public key, both in their one
 * raw encoding (32 bytes; secp256k1 compressed, 33 bytes). The key id is the first 8 bytes of its SHA-256.
 */
export const keyIdInput = (suite: SuiteId, agreement: Uint8Array, signing: Uint8Array): Uint8Array =>
  concat([LABEL, Uint8Array.of(suite), agreement, signing]);

export const keyIdOf = (digest: Uint8Array): KeyId => toHex(digest.subarray(0, KEY_ID_BYTES));

export const isKeyId = (text: string): boolean => /^[0-9a-f]{16}$/.test(text);
