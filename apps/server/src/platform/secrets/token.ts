import type { Random } from "@gatehouse/base";

/** `lengthBytes` random bytes as base64url without padding. 16 (128 bits) and more cannot be guessed. */
export function newToken(random: Random, lengthBytes: number): string {
  return Buffer.from(random.bytes(lengthBytes)).toString("base64url");
}
