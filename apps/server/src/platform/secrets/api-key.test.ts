import { seededRandom, systemRandom } from "@gatehouse/base";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchesApiKey, newApiKey, parseApiKey } from "./index.ts";

const PRINTABLE = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i));

describe("an API key", () => {
  it("has the documented shape", () => {
    expect(newApiKey(systemRandom).text).toMatch(/^gh_[0-9A-Za-z]{10}_[0-9A-Za-z]{43}[0-9A-Za-z]{6}$/);
  });

  it("keeps its bytes: the same randomness gives the same key in every version", () => {
    expect(newApiKey(seededRandom(1)).text).toBe(
      "gh_a0Bz9Wyls1_BmAlRIDqiF8nysBz7dKh1czNW5CZZzxeFnvornRrTAa1WqApF",
    );
  });

  it("is parsed back to its id and matches its stored hash, whatever the randomness", () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const key = newApiKey(seededRandom(seed));
        expect(parseApiKey(key.text)).toEqual({ keyId: key.keyId });
        expect(matchesApiKey(key.text, key.sha256Hex)).toBe(true);
      }),
    );
  });

  it("is refused with any one character changed, dropped or doubled", () => {
    const { text, sha256Hex } = newApiKey(systemRandom);
    for (let at = 0; at < text.length; at++) {
      const [before, after] = [text.slice(0, at), text.slice(at + 1)];
      for (const other of PRINTABLE) {
        if (other !== text[at]) expect(parseApiKey(before + other + after)).toBeUndefined();
      }
      expect(parseApiKey(before + after)).toBeUndefined();
      expect(parseApiKey(before + text[at] + text[at] + after)).toBeUndefined();
    }
    expect(matchesApiKey(newApiKey(systemRandom).text, sha256Hex)).toBe(false);
  });

  it("is not found in any other text", () => {
    fc.assert(fc.property(fc.string({ maxLength: 200 }), (text) => parseApiKey(text) === undefined));
  });
});
