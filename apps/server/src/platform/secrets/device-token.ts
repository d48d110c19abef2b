import type { UnixMs } from "@gatehouse/base";
import { mqttTokenMac } from "@gatehouse/secure-channel";
import { equalConstantTime } from "./digest.ts";

/**
 * HMAC token: a short-lived MQTT password that a device makes itself, so that its API key never travels.
 *
 *     v1.<kid>.<exp>.<nonce>.<mac>
 *     kid    the API key's id, 10 base62 characters
 *     exp    end of validity in Unix seconds, decimal without leading zeros, at most 24 h ahead
 *     nonce  16 to 32 base64url characters; 12 random bytes make 16
 *     mac    base64url without padding (43 characters) of
 *            HMAC-SHA256(key, "gh-mqtt-v1" 00 kid "." exp "." nonce 00 clientId)
 *            key = the whole API key text ("gh_…") as ASCII, clientId = the MQTT client id as UTF-8, 00 = one zero byte
 */
const SHAPE = /^v1\.([0-9A-Za-z]{10})\.([1-9][0-9]{0,10})\.([0-9A-Za-z_-]{16,32})\.([0-9A-Za-z_-]{43})$/;
const MAX_TEXT_LENGTH = 106;
const MAX_VALIDITY_S = 24 * 3600;
/** A device's clock may run this far ahead of ours before a 24 h token is refused. */
const CLOCK_SKEW_S = 300;

export interface DeviceToken {
  readonly keyId: string;
  readonly expiresAtS: number;
  readonly nonce: string;
  readonly mac: string;
}

/** `forged` covers every way of not having the key; the other two are told only of authentic tokens. */
export type DeviceTokenVerdict = "valid" | "forged" | "expired" | "too_long";

/** The parts of a well-formed token, else undefined. Proves nothing yet. */
export function parseDeviceToken(text: string): DeviceToken | undefined {
  if (text.length > MAX_TEXT_LENGTH) return undefined;
  const parts = SHAPE.exec(text);
  if (parts === null) return undefined;
  const [, keyId, expiresAtS, nonce, mac] = parts as unknown as [string, string, string, string, string];
  return { keyId, expiresAtS: Number(expiresAtS), nonce, mac };
}

export function verifyDeviceToken(
  token: DeviceToken,
  expected: { readonly apiKey: string; readonly clientId: string; readonly nowMs: UnixMs },
): DeviceTokenVerdict {
  if (!equalConstantTime(macOf(expected.apiKey, token, expected.clientId), token.mac)) return "forged";
  const nowS = Math.floor(expected.nowMs / 1000);
  if (token.expiresAtS <= nowS) return "expired";
  return token.expiresAtS > nowS + MAX_VALIDITY_S + CLOCK_SKEW_S ? "too_long" : "valid";
}

function macOf(apiKey: string, { keyId, expiresAtS, nonce }: DeviceToken, clientId: string): string {
  return Buffer.from(mqttTokenMac(apiKey, `${keyId}.${expiresAtS}.${nonce}`, clientId)).toString("base64url");
}
