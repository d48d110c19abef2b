import type { UnixMs } from "@gatehouse/base";
import { equalConstantTime, hmacSha256 } from "./digest.ts";

const SHAPE = /^t=([1-9][0-9]{0,10}),v1=([0-9a-f]{64})$/;
/** A receiver refuses what is older or newer than this, so that a recorded request is worth little. */
const TOLERANCE_MS = 5 * 60 * 1000;

/** Header value `t=<Unix seconds>,v1=<hex HMAC-SHA256 of "<t>.<body>">`, keyed with the secret's text as UTF-8. */
export function signWebhook(secret: string, body: string | Uint8Array, nowMs: UnixMs): string {
  const atS = Math.floor(nowMs / 1000);
  return `t=${atS},v1=${macOf(secret, String(atS), body)}`;
}

/** What a receiver does with the header. */
export function verifyWebhook(
  secret: string,
  body: string | Uint8Array,
  header: string,
  nowMs: UnixMs,
): boolean {
  const parts = SHAPE.exec(header);
  if (parts === null) return false;
  const [, atS, mac] = parts as unknown as [string, string, string];
  return (
    equalConstantTime(macOf(secret, atS, body), mac) && Math.abs(nowMs - Number(atS) * 1000) <= TOLERANCE_MS
  );
}

function macOf(secret: string, atS: string, body: string | Uint8Array): string {
  const signed = Buffer.concat([Buffer.from(`${atS}.`), typeof body === "string" ? Buffer.from(body) : body]);
  return Buffer.from(hmacSha256(secret, signed)).toString("hex");
}
