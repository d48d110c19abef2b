import type { UnixMs, Uuid } from "@gatehouse/base";
import { equalConstantTime, hmacSha256 } from "./digest.ts";

const ID_BYTES = 16;
const EXPIRY_BYTES = 4;
const MAC_BYTES = 16;
const SIGNED_BYTES = ID_BYTES + EXPIRY_BYTES;
/** 36 bytes as base64url. */
const SHAPE = /^[A-Za-z0-9_-]{48}$/;

/** Names of things that only this installation can make, and that hold for a time; short enough for an SMS. */
export interface ShortLinks {
  make(id: Uuid, expiresMs: UnixMs): string;
  /** Undefined for what was not made here, and for what has expired. */
  open(token: string, nowMs: UnixMs): Uuid | undefined;
}

/**
 * Id ‖ expiry in Unix seconds, big-endian ‖ the first half of the HMAC-SHA256 over both.
 * @param asksForSignature false in the attack lab alone
 */
export function createShortLinks(key: Uint8Array, asksForSignature = true): ShortLinks {
  const macOf = (signed: Uint8Array): Buffer => Buffer.from(hmacSha256(key, signed).subarray(0, MAC_BYTES));
  return {
    make(id, expiresMs) {
      const signed = Buffer.alloc(SIGNED_BYTES);
      signed.write(id.replaceAll("-", ""), "hex");
      signed.writeUInt32BE(Math.floor(expiresMs / 1000), ID_BYTES);
      return Buffer.concat([signed, macOf(signed)]).toString("base64url");
    },
    open(token, nowMs) {
      if (!SHAPE.test(token)) return undefined;
      const bytes = Buffer.from(token, "base64url");
      const signed = bytes.subarray(0, SIGNED_BYTES);
      const isSigned = equalConstantTime(
        macOf(signed).toString("hex"),
        bytes.subarray(SIGNED_BYTES).toString("hex"),
      );
      const isOurs = isSigned || !asksForSignature;
      if (!isOurs || signed.readUInt32BE(ID_BYTES) * 1000 <= nowMs) return undefined;
      const hex = signed.subarray(0, ID_BYTES).toString("hex");
      return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
    },
  };
}
