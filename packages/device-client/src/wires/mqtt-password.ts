import type { Clock, Random } from "@gatehouse/base";
import { CLOCK_TOLERANCE_MS, mintMqttToken } from "@gatehouse/secure-channel";

export interface MqttLogin {
  /** Of the broker. */
  readonly url: string;
  readonly clientId: string;
  readonly apiKey: string;
  readonly clock: Clock;
  readonly random: Random;
}

/** After "gh_"; ten characters. */
const keyIdOf = (apiKey: string): string => apiKey.slice(3, 13);

/**
 * What a device shows as its MQTT password: the API key where TLS hides it. In clear it shows a token for this client
 * id that ends after five minutes, so that the key never stands on a wire on which somebody may listen.
 */
export function mqttPassword({ url, clientId, apiKey, clock, random }: MqttLogin): string {
  if (/^(mqtts|wss):/.test(url)) return apiKey;
  const expiresAtS = Math.floor((clock.nowMs() + CLOCK_TOLERANCE_MS) / 1_000);
  return mintMqttToken({ apiKey, keyId: keyIdOf(apiKey), clientId, expiresAtS }, random);
}
