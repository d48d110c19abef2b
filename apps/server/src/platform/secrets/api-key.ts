import { crc32 } from "node:zlib";
import { type Random, randomBase62 } from "@gatehouse/base";
import { equalConstantTime, sha256Hex } from "./digest.ts";

const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const KEY_ID_LENGTH = 10;
/** 43 base62 characters carry 256 bits. */
const SECRET_LENGTH = 43;
const CHECK_LENGTH = 6;
const SHAPE = /^(gh|ghp)_([0-9A-Za-z]{10})_[0-9A-Za-z]{49}$/;
const REST_LENGTH = 1 + KEY_ID_LENGTH + 1 + SECRET_LENGTH + CHECK_LENGTH;

/** Of devices; programs have one of their own, so that neither is taken for the other. */
const DEVICE_PREFIX = "gh";
export const TOKEN_PREFIX = "ghp";
type Prefix = typeof DEVICE_PREFIX | typeof TOKEN_PREFIX;

export interface NewApiKey {
  /** Public: finds the row, appears in logs and lists. */
  readonly keyId: string;
  /** The whole key, shown once. */
  readonly text: string;
  /** What is stored of a key that is only ever used as a bearer. */
  readonly sha256Hex: string;
}

/**
 * `gh_<keyId>_<secret><check>`: key id 10 and secret 43 base62 characters; check is the CRC-32 (ISO-HDLC)
 * of everything before it as 6 base62 digits, most significant first, so that typing errors and secret
 * scanners need no database.
 */
export function newApiKey(random: Random, prefix: Prefix = DEVICE_PREFIX): NewApiKey {
  const keyId = randomBase62(random, KEY_ID_LENGTH);
  const body = `${prefix}_${keyId}_${randomBase62(random, SECRET_LENGTH)}`;
  const text = body + checkOf(body);
  return { keyId, text, sha256Hex: sha256Hex(text) };
}

/** The key id of a well-formed key, else undefined. No secret is compared here. */
export function parseApiKey(
  text: string,
  prefix: Prefix = DEVICE_PREFIX,
): { readonly keyId: string } | undefined {
  if (text.length !== prefix.length + REST_LENGTH) return undefined;
  const [, found, keyId] = SHAPE.exec(text) ?? [];
  if (
    found !== prefix ||
    keyId === undefined ||
    checkOf(text.slice(0, -CHECK_LENGTH)) !== text.slice(-CHECK_LENGTH)
  )
    return undefined;
  return { keyId };
}

/** Whether `text` is the key whose SHA-256 was stored. */
export function matchesApiKey(text: string, storedSha256Hex: string): boolean {
  return equalConstantTime(sha256Hex(text), storedSha256Hex);
}

function checkOf(body: string): string {
  let rest = crc32(body);
  let digits = "";
  for (let i = 0; i < CHECK_LENGTH; i++) {
    digits = BASE62[rest % 62] + digits;
    rest = Math.floor(rest / 62);
  }
  return digits;
}
