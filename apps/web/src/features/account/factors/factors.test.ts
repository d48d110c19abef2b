import type { accounts } from "@gatehouse/contract";
import { describe, expect, it } from "vitest";
import { addable } from "./add-factor.tsx";
import { grouped } from "./totp-setup.tsx";

const NONE: accounts.Factors = {
  required: true,
  passkeysPossible: false,
  passkeys: [],
  email: { on: false, available: true },
  sms: { on: false, available: false },
};

describe("what can be set up", () => {
  it("is what is not there yet and has somewhere to go", () => {
    expect(addable(NONE)).toEqual(["totp", "email"]);
    expect(addable({ ...NONE, sms: { on: false, available: true } })).toEqual(["totp", "sms", "email"]);
    expect(addable({ ...NONE, totp: { createdMs: 1 }, email: { on: true, available: true } })).toEqual([]);
  });
});

describe("a secret to type", () => {
  it("stands in groups of four", () => {
    expect(grouped("ABCDEFGH")).toBe("ABCD EFGH");
    expect(grouped("ABCDEFGHIJ")).toBe("ABCD EFGH IJ");
    expect(grouped("")).toBe("");
  });
});
