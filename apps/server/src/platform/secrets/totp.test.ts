import { expect, test } from "vitest";
import { base32, hotp, totpKeyUri, verifyTotp } from "./totp.ts";

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);
const SECRET = ascii("12345678901234567890");

test.each([
  [59, "94287082"],
  [1_111_111_109, "07081804"],
  [1_111_111_111, "14050471"],
  [1_234_567_890, "89005924"],
  [2_000_000_000, "69279037"],
  [20_000_000_000, "65353130"],
])("RFC 6238 appendix B: at %d s the SHA-1 code is %s", (seconds, code) => {
  expect(hotp(SECRET, Math.floor(seconds / 30), 8)).toBe(code);
  expect(verifyTotp(SECRET, code.slice(2), seconds * 1000, -1)).toBe(Math.floor(seconds / 30));
});

test.each([
  [0, "755224"],
  [1, "287082"],
  [2, "359152"],
  [3, "969429"],
  [9, "520489"],
])("RFC 4226 appendix D: count %d gives %s", (count, code) => {
  expect(hotp(SECRET, count)).toBe(code);
});

test("a code is taken one step early and one step late, and no further", () => {
  const nowMs = 1_800_000_000_000;
  const counter = nowMs / 30_000;
  for (const step of [-1, 0, 1])
    expect(verifyTotp(SECRET, hotp(SECRET, counter + step), nowMs, 0)).toBe(counter + step);
  for (const step of [-2, 2])
    expect(verifyTotp(SECRET, hotp(SECRET, counter + step), nowMs, 0)).toBeUndefined();
});

test("a code is used once, and an older one not after it", () => {
  const nowMs = 1_800_000_000_000;
  const counter = nowMs / 30_000;
  expect(verifyTotp(SECRET, hotp(SECRET, counter), nowMs, counter)).toBeUndefined();
  expect(verifyTotp(SECRET, hotp(SECRET, counter - 1), nowMs, counter)).toBeUndefined();
  expect(verifyTotp(SECRET, hotp(SECRET, counter + 1), nowMs, counter)).toBe(counter + 1);
});

test("a clock set back a day keeps nobody out", () => {
  const nowMs = 1_800_000_000_000;
  const counter = nowMs / 30_000;
  expect(verifyTotp(SECRET, hotp(SECRET, counter), nowMs, counter + 2_880)).toBe(counter);
});

test.each(["", "12345", "1234567", "abcdef", "٠١٢٣٤٥"])("%o is no code", (code) => {
  expect(verifyTotp(SECRET, code, 59_000, -1)).toBeUndefined();
});

test.each([
  ["", ""],
  ["f", "MY"],
  ["fo", "MZXQ"],
  ["foo", "MZXW6"],
  ["foob", "MZXW6YQ"],
  ["fooba", "MZXW6YTB"],
  ["foobar", "MZXW6YTBOI"],
])("RFC 4648 base32 of %o is %o", (text, encoded) => {
  expect(base32(ascii(text))).toBe(encoded);
});

test("the key URI names issuer and account, whatever is in them", () => {
  expect(totpKeyUri(SECRET, "Régie: Nord", "ada@example.org")).toBe(
    "otpauth://totp/R%C3%A9gie%20%20Nord:ada%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=R%C3%A9gie%20%20Nord&algorithm=SHA1&digits=6&period=30",
  );
});
