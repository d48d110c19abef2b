import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { equalConstantTime, hkdfSha256, hmacSha256, sha256, sha256Hex } from "./index.ts";

const hex = (text: string): Buffer => Buffer.from(text, "hex");
const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

const WYCHEPROOF = new URL("../../../../../../shared/vectors/wycheproof/", import.meta.url);
interface Vectors<Case> {
  readonly testGroups: readonly { readonly tagSize: number; readonly tests: readonly Case[] }[];
}
function readVectors<Case>(name: string): Vectors<Case> {
  return JSON.parse(readFileSync(new URL(name, WYCHEPROOF), "utf8"));
}
const wycheproof = describe.skipIf(!existsSync(WYCHEPROOF));
const title = (name: string) =>
  existsSync(WYCHEPROOF)
    ? name
    : `${name} (skipped: ../shared/vectors/wycheproof is not beside the checkout)`;

describe("SHA-256", () => {
  it("gives FIPS 180-4's answer for abc, as bytes and as hex", () => {
    const expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    expect(sha256Hex("abc")).toBe(expected);
    expect(toHex(sha256(Buffer.from("abc")))).toBe(expected);
  });
});

describe("HMAC-SHA256", () => {
  it.each([
    [
      "case 1",
      "0b".repeat(20),
      toHex(Buffer.from("Hi There")),
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
    ],
    [
      "case 2",
      toHex(Buffer.from("Jefe")),
      toHex(Buffer.from("what do ya want for nothing?")),
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ],
    [
      "case 3",
      "aa".repeat(20),
      "dd".repeat(50),
      "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
    ],
    [
      "case 6",
      "aa".repeat(131),
      toHex(Buffer.from("Test Using Larger Than Block-Size Key - Hash Key First")),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ],
  ])("agrees with RFC 4231 %s", (_, key, data, mac) => {
    expect(toHex(hmacSha256(hex(key), hex(data)))).toBe(mac);
  });

  wycheproof(title("Wycheproof"), () => {
    it("accepts and refuses as its 174 vectors say", () => {
      let seen = 0;
      for (const group of readVectors<{ key: string; msg: string; tag: string; result: string }>(
        "hmac_sha256.json",
      ).testGroups) {
        for (const { key, msg, tag, result } of group.tests) {
          const mac = hmacSha256(hex(key), hex(msg)).subarray(0, group.tagSize / 8);
          expect(equalConstantTime(mac, hex(tag))).toBe(result === "valid");
          seen++;
        }
      }
      expect(seen).toBe(174);
    });
  });
});

describe("HKDF-SHA256", () => {
  it("agrees with RFC 5869 test case 1", () => {
    const okm = hkdfSha256(
      hex("0b".repeat(22)),
      hex("000102030405060708090a0b0c"),
      hex("f0f1f2f3f4f5f6f7f8f9"),
      42,
    );
    expect(toHex(okm)).toBe(
      "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
    );
  });

  it("agrees with RFC 5869 test case 3, without salt and info", () => {
    const okm = hkdfSha256(hex("0b".repeat(22)), "", "", 42);
    expect(toHex(okm)).toBe(
      "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
    );
  });

  wycheproof(title("Wycheproof"), () => {
    it("gives every valid output and refuses every size that is too large, in 86 vectors", () => {
      interface Case {
        readonly ikm: string;
        readonly salt: string;
        readonly info: string;
        readonly size: number;
        readonly okm: string;
        readonly result: string;
      }
      let seen = 0;
      for (const { tests } of readVectors<Case>("hkdf_sha256.json").testGroups) {
        for (const { ikm, salt, info, size, okm, result } of tests) {
          const derive = () => toHex(hkdfSha256(hex(ikm), hex(salt), hex(info), size));
          if (result === "valid") expect(derive()).toBe(okm);
          else expect(derive).toThrow();
          seen++;
        }
      }
      expect(seen).toBe(86);
    });
  });
});

describe("constant-time comparison", () => {
  it("tells equal from different, and different lengths apart", () => {
    expect(equalConstantTime("é", Buffer.from("é"))).toBe(true);
    expect(equalConstantTime("abc", "abd")).toBe(false);
    expect(equalConstantTime("abc", "abcd")).toBe(false);
    expect(equalConstantTime("", "")).toBe(true);
  });
});
