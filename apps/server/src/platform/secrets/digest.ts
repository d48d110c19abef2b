import { createHash, createHmac, hash, timingSafeEqual } from "node:crypto";
import { secretKeyOf } from "./secret-key.ts";

/** SHA-256 (FIPS 180-4), 32 bytes. Text is taken as UTF-8. */
export function sha256(data: string | Uint8Array): Uint8Array {
  return hash("sha256", data, "buffer");
}

/** SHA-256 as 64 lower-case hex characters: how bearer secrets of 128 bits or more are stored. */
export function sha256Hex(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

/** HMAC-SHA256 (RFC 2104, RFC 4231), 32 bytes. Text is taken as UTF-8. */
export function hmacSha256(key: string | Uint8Array, data: string | Uint8Array): Uint8Array {
  return createHmac("sha256", typeof key === "string" ? key : secretKeyOf(key))
    .update(data)
    .digest();
}

/** Equality whose time depends on the lengths only; different lengths are unequal. Text is taken as UTF-8. */
export function equalConstantTime(a: string | Uint8Array, b: string | Uint8Array): boolean {
  const left = typeof a === "string" ? Buffer.from(a) : a;
  const right = typeof b === "string" ? Buffer.from(b) : b;
  return left.length === right.length && timingSafeEqual(left, right);
}

/** SHA-256 over bytes that come in pieces; ask `hex` once, at the end. */
export function createSha256(): { update(part: Uint8Array): void; hex(): string } {
  const hash = createHash("sha256");
  return { update: (part) => void hash.update(part), hex: () => hash.digest("hex") };
}
