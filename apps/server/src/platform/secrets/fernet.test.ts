import { expect, test } from "vitest";
import { openFernet, parseFernetKey } from "./fernet.ts";

// The vector of the specification (github.com/fernet/spec, verify.json).
const KEY = "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=";
const TOKEN =
  "gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==";
const key = parseFernetKey(KEY) as Uint8Array;
const token = Buffer.from(TOKEN, "base64url");

test("the specification's token opens, with the time at which it was sealed", () => {
  const opened = openFernet(token, key);
  expect(Buffer.from(opened?.bytes ?? []).toString()).toBe("hello");
  expect(opened?.sealedMs).toBe(Date.UTC(1985, 9, 26, 8, 20));
});

test("a token of which any byte was changed, or that was cut, does not open", () => {
  for (let at = 0; at < token.length; at++) {
    const changed = Buffer.from(token);
    changed[at] = (changed[at] as number) ^ 1;
    expect(openFernet(changed, key), String(at)).toBeUndefined();
  }
  for (const length of [0, 1, 57, 72, token.length - 16])
    expect(openFernet(token.subarray(0, length), key)).toBeUndefined();
});

test("another key opens nothing, and what is no key is none", () => {
  expect(openFernet(token, new Uint8Array(32))).toBeUndefined();
  for (const wrong of ["", "short", KEY.slice(0, -2), `${KEY}=`, KEY.replace("c", "+")])
    expect(parseFernetKey(wrong)).toBeUndefined();
});
