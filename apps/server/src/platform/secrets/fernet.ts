import { createDecipheriv } from "node:crypto";
import type { UnixMs } from "@gatehouse/base";
import { equalConstantTime, hmacSha256 } from "./digest.ts";

/** A token of Fernet (github.com/fernet/spec, version 0x80): version ‖ seconds since 1970 u64 ‖ IV ‖ AES-128-CBC ‖ HMAC-SHA256 over it all. */
const VERSION = 0x80;
const KEY_BYTES = 32;
const TIME_AT = 1;
const IV_AT = 9;
const SEALED_AT = 25;
const BLOCK_BYTES = 16;
const MAC_BYTES = 32;

interface OpenedFernet {
  readonly bytes: Uint8Array;
  /** By the clock of whoever sealed it, whole seconds. */
  readonly sealedMs: UnixMs;
}

/** 32 bytes in base64url, as `Fernet.generate_key()` writes them; undefined for anything else. */
export function parseFernetKey(text: string): Uint8Array | undefined {
  if (!/^[\w-]{43}=?$/.test(text)) return undefined;
  const key = Buffer.from(text, "base64url");
  return key.length === KEY_BYTES ? key : undefined;
}

/** Undefined where it is no token, was changed, or was sealed under another key: nothing tells these apart. */
export function openFernet(token: Uint8Array, key: Uint8Array): OpenedFernet | undefined {
  const sealedBytes = token.length - SEALED_AT - MAC_BYTES;
  if (token[0] !== VERSION || sealedBytes < BLOCK_BYTES || sealedBytes % BLOCK_BYTES !== 0) return undefined;
  const macAt = SEALED_AT + sealedBytes;
  const [signingKey, sealingKey] = [key.subarray(0, 16), key.subarray(16)];
  const mac = hmacSha256(signingKey, token.subarray(0, macAt));
  if (!equalConstantTime(mac, token.subarray(macAt))) return undefined;
  const seconds = new DataView(token.buffer, token.byteOffset).getBigUint64(TIME_AT);
  if (seconds > BigInt(Number.MAX_SAFE_INTEGER) / 1_000n) return undefined;
  const opener = createDecipheriv("aes-128-cbc", sealingKey, token.subarray(IV_AT, SEALED_AT));
  try {
    const bytes = Buffer.concat([opener.update(token.subarray(SEALED_AT, macAt)), opener.final()]);
    return { bytes, sealedMs: Number(seconds) * 1_000 };
  } catch {
    return undefined;
  }
}
