import type { access } from "@gatehouse/contract";
import { describe, expect, it } from "vitest";
import { endOf, exampleCall, pickTokens, stateOf } from "./token-life.ts";

const NOW_MS = Date.UTC(2026, 10, 21, 12);
const DAY_MS = 86_400_000;
const token = (part: Partial<access.ApiToken>): access.ApiToken => ({
  id: "t",
  name: "backup",
  start: "ghp_0123456789",
  permissions: ["device.read"],
  madeBy: { id: "p", name: "Ada" },
  createdMs: 0,
  expiresMs: NOW_MS + DAY_MS,
  ...part,
});

describe("a token", () => {
  it("works until it ends or is revoked, whichever comes first", () => {
    expect(stateOf(token({}), NOW_MS)).toBe("live");
    expect(stateOf(token({ expiresMs: NOW_MS }), NOW_MS)).toBe("expired");
    expect(stateOf(token({ expiresMs: 0, revokedMs: 1 }), NOW_MS)).toBe("revoked");
  });

  it("is found by name, beginning or maker, ended ones when asked for", () => {
    const tokens = [token({}), token({ id: "u", name: "old", expiresMs: 1 })];
    const found = (text: string, withEnded = false) =>
      pickTokens(tokens, { nowMs: NOW_MS, text, withEnded }).map(({ id }) => id);
    expect(found("")).toEqual(["t"]);
    expect(found("", true)).toEqual(["t", "u"]);
    expect(found("ADA")).toEqual(["t"]);
    expect(found("old", true)).toEqual(["u"]);
    expect(found("012345")).toEqual(["t"]);
    expect(found("nothing", true)).toEqual([]);
  });

  it("ends after some days, or with a day no later than a year from now", () => {
    expect(endOf(30, NOW_MS + 0.4)).toBe(NOW_MS + 30 * DAY_MS);
    expect(endOf("2026-11-21", NOW_MS)).toBe(Date.UTC(2026, 10, 22) - 1);
    expect(endOf("2027-11-21", NOW_MS)).toBe(Date.UTC(2027, 10, 22) - 1);
    expect(endOf("2026-11-20", NOW_MS)).toBeUndefined();
    expect(endOf("2027-11-23", NOW_MS)).toBeUndefined();
    expect(endOf("soon", NOW_MS)).toBeUndefined();
  });

  it("is shown in a call that can be pasted", () => {
    expect(exampleCall("http://localhost:8080", "ghp_x")).toBe(
      'curl -H "Authorization: Bearer ghp_x" http://localhost:8080/api/v1/devices',
    );
  });
});
