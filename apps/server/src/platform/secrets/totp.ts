import { createHmac } from "node:crypto";
import type { Random, UnixMs } from "@gatehouse/base";
import { equalConstantTime } from "./digest.ts";

const STEP_MS = 30_000;
const DIGITS = 6;
const SECRET_BYTES = 20;
/** Clocks of phones differ, and people type slowly (RFC 6238 §5.2). */
const WINDOW_STEPS = 1;

/** HMAC-SHA1, six digits, 30 s: what every authenticator app does (RFC 6238, RFC 4226 §4 R6: 160 bits). */
export const newTotpSecret = (random: Random): Uint8Array => random.bytes(SECRET_BYTES);

const totpCounter = (nowMs: UnixMs): number => Math.floor(nowMs / STEP_MS);

/** RFC 4226 §5.3. */
export function hotp(secret: Uint8Array, counter: number, digits = DIGITS): string {
  const message = Buffer.alloc(8);
  message.writeBigUInt64BE(BigInt(counter));
  const mac = createHmac("sha1", secret).update(message).digest();
  const offset = (mac[mac.length - 1] as number) & 0x0f;
  const number = mac.readUInt32BE(offset) & 0x7fffffff;
  return String(number % 10 ** digits).padStart(digits, "0");
}

/**
 * The counter that `code` belongs to, a step before or after now at most; undefined for a wrong code. A counter up to
 * `lastCounter`, the last one used, is refused (RFC 6238 §5.2), unless that one lies in the future: then this clock
 * was set back, and keeping the owner out until it has caught up would help nobody.
 */
export function verifyTotp(
  secret: Uint8Array,
  code: string,
  nowMs: UnixMs,
  lastCounter: number,
): number | undefined {
  const now = totpCounter(nowMs);
  const used = lastCounter > now + WINDOW_STEPS ? -1 : lastCounter;
  let found: number | undefined;
  for (let counter = now - WINDOW_STEPS; counter <= now + WINDOW_STEPS; counter++) {
    const isRight = equalConstantTime(hotp(secret, counter), code);
    if (isRight && counter > used) found ??= counter;
  }
  return found;
}

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** RFC 4648 §6 without padding. */
export function base32(bytes: Uint8Array): string {
  let text = "";
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += BASE32[(held >> bits) & 31];
    }
    held &= (1 << bits) - 1;
  }
  return bits === 0 ? text : text + BASE32[(held << (5 - bits)) & 31];
}

/** For a QR code, as authenticator apps read it: `otpauth://totp/Issuer:account?secret=…`. */
export function totpKeyUri(secret: Uint8Array, issuer: string, account: string): string {
  const plain = issuer.replaceAll(":", " ");
  const label = `${encodeURIComponent(plain)}:${encodeURIComponent(account)}`;
  const query = `secret=${base32(secret)}&issuer=${encodeURIComponent(plain)}&algorithm=SHA1&digits=${DIGITS}&period=${STEP_MS / 1000}`;
  return `otpauth://totp/${label}?${query}`;
}
