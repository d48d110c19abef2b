import type { Clock } from "./clock.ts";
import type { Random } from "./random.ts";

/** Lower-case UUID text. */
export type Uuid = string;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export const isUuid = (text: string): boolean => UUID.test(text);

/** UUID version 7 (RFC 9562 §5.7): sorts by creation time, so btree inserts stay at the right edge. */
export function newUuid(clock: Clock, random: Random): Uuid {
  const bytes = random.bytes(16);
  const nowMs = clock.nowMs();
  for (let i = 0; i < 6; i++) bytes[i] = Math.floor(nowMs / 2 ** (8 * (5 - i))) & 0xff;
  bytes[6] = 0x70 | ((bytes[6] as number) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] as number) & 0x3f);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** `length` characters of uniform base62 (5.95 bits each), by rejection sampling. */
export function randomBase62(random: Random, length: number): string {
  let text = "";
  while (text.length < length) {
    for (const byte of random.bytes(length * 2)) {
      if (byte < 248 && text.length < length) text += BASE62[byte % 62];
    }
  }
  return text;
}

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** Code a person can read aloud: Crockford base32 (no I L O U) in groups of `groupSize`, 5 bits a character. */
export function randomCode(random: Random, groups: number, groupSize: number): string {
  const bytes = random.bytes(groups * groupSize);
  const chars = Array.from(bytes, (byte) => CROCKFORD[byte & 31] as string);
  return Array.from({ length: groups }, (_, g) =>
    chars.slice(g * groupSize, (g + 1) * groupSize).join(""),
  ).join("-");
}

/** What a person typed → the code's canonical form: upper case, I and L read as 1, O as 0, spaces dropped. */
export function canonicalCode(typed: string): string {
  return typed
    .toUpperCase()
    .replace(/[IL]/g, "1")
    .replace(/O/g, "0")
    .replace(/[^0-9A-Z]/g, "");
}
