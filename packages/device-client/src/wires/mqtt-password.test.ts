import { seededRandom, systemClock } from "@gatehouse/base";
import { mqttTokenMac } from "@gatehouse/secure-channel";
import { expect, test } from "vitest";
import { mqttPassword } from "./mqtt-password.ts";

const API_KEY = `gh_0123456789_${"k".repeat(49)}`;
const clock = { ...systemClock, nowMs: () => 1_800_000_000_000 };
const login = (url: string) =>
  mqttPassword({ url, clientId: "pump", apiKey: API_KEY, clock, random: seededRandom(1) });

test.each(["mqtts://hub:8883", "wss://hub/mqtt"])("%s hides the API key, so it is shown", (url) => {
  expect(login(url)).toBe(API_KEY);
});

test.each(["mqtt://hub:1883", "ws://hub/mqtt"])("%s gets a token of five minutes for this client", (url) => {
  const [version, keyId, expiresAtS, nonce, mac] = login(url).split(".");
  expect([version, keyId, expiresAtS]).toEqual(["v1", "0123456789", "1800000300"]);
  const expected = mqttTokenMac(API_KEY, `${keyId}.${expiresAtS}.${nonce}`, "pump");
  expect(mac).toBe(Buffer.from(expected).toString("base64url"));
});
