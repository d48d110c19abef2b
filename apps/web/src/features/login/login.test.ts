import { describe, expect, it } from "vitest";
import { ApiError } from "../../data/api-error.ts";
import { isCode } from "./code-field.tsx";
import { tokenOf } from "./link-token.ts";
import { isAddress, passkeyFailure } from "./passkeys.ts";

describe("a mailed link", () => {
  it("carries its token whole or not at all", () => {
    expect(tokenOf("#abcdefghij_-ABCDEFGHIJ")).toBe("abcdefghij_-ABCDEFGHIJ");
    for (const cut of [
      "",
      "#",
      "#abc",
      "#abcdefghij/ABCDEFGHIJ",
      `#${"a".repeat(65)}`,
      "#token=abcdefghijklmnop",
    ])
      expect(tokenOf(cut), cut).toBeUndefined();
  });
});

describe("a code", () => {
  it("is six digits, with spaces wherever somebody types them", () => {
    for (const code of ["123456", "123 456", " 123456 ", "12 34 56"]) expect(isCode(code), code).toBe(true);
    for (const not of ["", "12345", "1234567", "12345a", "١٢٣٤٥٦"]) expect(isCode(not), not).toBe(false);
  });
});

describe("a passkey", () => {
  it("needs a name in the address", () => {
    for (const address of ["127.0.0.1", "192.168.1.20", "[::1]"])
      expect(isAddress(address), address).toBe(true);
    for (const name of ["localhost", "gatehouse.local", "10.example.org", "1.2.3.4.example"])
      expect(isAddress(name), name).toBe(false);
  });

  it("that the browser did not give is told apart from one that the server refused", () => {
    expect(passkeyFailure(new ApiError("auth.passkey_refused", 403))).toBeUndefined();
    expect(passkeyFailure(Object.assign(new Error("again"), { name: "InvalidStateError" }))).toBe("exists");
    expect(passkeyFailure(Object.assign(new Error("no"), { name: "NotAllowedError" }))).toBe("cancelled");
  });
});
