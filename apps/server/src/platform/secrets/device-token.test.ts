import { randomBase62, seededRandom, systemRandom } from "@gatehouse/base";
import { mintMqttToken } from "@gatehouse/secure-channel";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hmacSha256, newApiKey, parseDeviceToken, verifyDeviceToken } from "./index.ts";

const NOW_MS = 1_800_000_000_000;
const NOW_S = NOW_MS / 1000;
const { text: apiKey, keyId } = newApiKey(seededRandom(7));

const mint = (expiresAtS = NOW_S + 3600, clientId = "cellar") =>
  mintMqttToken({ apiKey, keyId, clientId, expiresAtS }, systemRandom);

function verdict(text: string, clientId = "cellar", key = apiKey) {
  const token = parseDeviceToken(text);
  return token && verifyDeviceToken(token, { apiKey: key, clientId, nowMs: NOW_MS });
}

describe("an HMAC token", () => {
  it("has the documented bytes, so that a device can make it without our code", () => {
    const kid = keyId;
    const signed = Buffer.from(`gh-mqtt-v1\0${kid}.${NOW_S + 60}.abcdefghijklmnop\0cellar`);
    const mac = Buffer.from(hmacSha256(apiKey, signed)).toString("base64url");
    expect(verdict(`v1.${kid}.${NOW_S + 60}.abcdefghijklmnop.${mac}`)).toBe("valid");
  });

  it("verifies for the client id and the key it was made for, and no other", () => {
    expect(verdict(mint())).toBe("valid");
    expect(verdict(mint(), "attic")).toBe("forged");
    expect(verdict(mint(), "cellar", newApiKey(systemRandom).text)).toBe("forged");
  });

  it("ends at its second, and cannot be made to live longer than a day", () => {
    expect(verdict(mint(NOW_S))).toBe("expired");
    expect(verdict(mint(NOW_S + 1))).toBe("valid");
    expect(verdict(mint(NOW_S + 24 * 3600 + 300))).toBe("valid");
    expect(verdict(mint(NOW_S + 24 * 3600 + 301))).toBe("too_long");
  });

  it("survives parsing whatever the client id and the randomness", () => {
    fc.assert(
      fc.property(fc.string(), fc.integer(), (clientId, seed) => {
        const random = seededRandom(seed);
        const grant = { apiKey: randomBase62(random, 20), keyId, clientId, expiresAtS: NOW_S + 1 };
        expect(verdict(mintMqttToken(grant, random), clientId, grant.apiKey)).toBe("valid");
      }),
    );
  });

  it("is refused with any one character changed, dropped or doubled", () => {
    const text = mint();
    for (let at = 0; at < text.length; at++) {
      const [before, after] = [text.slice(0, at), text.slice(at + 1)];
      for (let code = 32; code < 127; code++) {
        const other = String.fromCharCode(code);
        if (other !== text[at]) expect(verdict(before + other + after) ?? "forged").toBe("forged");
      }
      expect(verdict(before + after) ?? "forged").toBe("forged");
      expect(verdict(before + text[at] + text[at] + after) ?? "forged").toBe("forged");
    }
  });

  it("is not found in any other text", () => {
    fc.assert(fc.property(fc.string({ maxLength: 200 }), (text) => parseDeviceToken(text) === undefined));
  });
});
