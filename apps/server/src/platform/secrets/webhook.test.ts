import { describe, expect, it } from "vitest";
import { hmacSha256, signWebhook, verifyWebhook } from "./index.ts";

const NOW_MS = 1_800_000_000_123;
const MINUTE_MS = 60_000;

describe("a webhook signature", () => {
  const header = signWebhook("secret", '{"a":1}', NOW_MS);

  it("is the documented HMAC over second, dot and body", () => {
    const mac = Buffer.from(hmacSha256("secret", '1800000000.{"a":1}')).toString("hex");
    expect(header).toBe(`t=1800000000,v1=${mac}`);
    expect(signWebhook("secret", Buffer.from('{"a":1}'), NOW_MS)).toBe(header);
  });

  it("verifies for five minutes, for this body and this secret", () => {
    expect(verifyWebhook("secret", '{"a":1}', header, NOW_MS + 4 * MINUTE_MS)).toBe(true);
    expect(verifyWebhook("secret", '{"a":1}', header, NOW_MS + 6 * MINUTE_MS)).toBe(false);
    expect(verifyWebhook("secret", '{"a":1}', header, NOW_MS - 6 * MINUTE_MS)).toBe(false);
    expect(verifyWebhook("secret", '{"a":2}', header, NOW_MS)).toBe(false);
    expect(verifyWebhook("other", '{"a":1}', header, NOW_MS)).toBe(false);
  });

  it("is refused with any one character changed", () => {
    for (let at = 0; at < header.length; at++) {
      const other = header[at] === "0" ? "1" : "0";
      const altered = header.slice(0, at) + other + header.slice(at + 1);
      expect(verifyWebhook("secret", '{"a":1}', altered, NOW_MS)).toBe(false);
    }
  });
});
