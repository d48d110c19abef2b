import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes } from "@noble/hashes/utils.js";
import { encodeBase64Url } from "./base64.ts";
import { utf8 } from "./bytes.ts";
import { malformed } from "./refusal.ts";

export const SALT_BYTES = 32;
/** Name of a personal value in an event. */
export const PERSONAL_NAME = "^[a-z][a-zA-Z0-9]{0,31}$";

/**
 * What an event holds instead of a personal value: base64url of HMAC-SHA-256(salt, name ‖ 0x00 ‖ value). The salt is
 * random and kept beside the log. Who has it can check a value; when it is deleted, the event proves what it did
 * before and nobody can find the value by trying.
 */
export function hidePersonal(salt: Uint8Array, name: string, value: string): string {
  if (salt.length !== SALT_BYTES) throw malformed("salt", "a salt has 32 bytes");
  if (!new RegExp(PERSONAL_NAME).test(name) || !value.isWellFormed())
    throw malformed("salt", "the name or the value cannot be hidden");
  return encodeBase64Url(hmac(sha256, salt, concatBytes(utf8(name), Uint8Array.of(0), utf8(value))));
}

/** Whether a value that somebody reveals, with its salt, is the one in the event. */
export const matchesPersonal = (hidden: string, salt: Uint8Array, name: string, value: string): boolean =>
  salt.length === SALT_BYTES &&
  new RegExp(PERSONAL_NAME).test(name) &&
  value.isWellFormed() &&
  hidePersonal(salt, name, value) === hidden;
