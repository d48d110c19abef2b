import type { Random } from "@gatehouse/base";
import { hmacSha256 } from "../primitives/hash.ts";

const NONCE_BYTES = 12;

export interface MqttTokenGrant {
  /** The whole text, `gh_…`. */
  readonly apiKey: string;
  /** The API key's public part. */
  readonly keyId: string;
  /** The MQTT client id that may show it. */
  readonly clientId: string;
  /** Unix seconds. */
  readonly expiresAtS: number;
}

/** A short-lived MQTT password that a device makes itself, so that its API key never travels: `v1.<kid>.<exp>.<nonce>.<mac>`. */
export function mintMqttToken(grant: MqttTokenGrant, random: Random): string {
  const terms = `${grant.keyId}.${grant.expiresAtS}.${base64url(random.bytes(NONCE_BYTES))}`;
  return `v1.${terms}.${base64url(mqttTokenMac(grant.apiKey, terms, grant.clientId))}`;
}

/** HMAC-SHA-256 under the API key's text of "gh-mqtt-v1" 00 `kid.exp.nonce` 00 client id, all UTF-8; 00 is one zero byte. */
export const mqttTokenMac = (apiKey: string, terms: string, clientId: string): Uint8Array =>
  hmacSha256(utf8(apiKey), [utf8(`gh-mqtt-v1\0${terms}\0${clientId}`)]);

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url");
