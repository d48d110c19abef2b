import { describe, expect, it } from "vitest";
import { parseKnownRoot } from "./known-root.ts";

const FINGERPRINT = "885a 76f8 0102 0304 0506 0708 090a 0b0c";

describe("the root that a browser remembers", () => {
  it("is a fingerprint with when it was seen first, and when somebody compared it", () => {
    expect(parseKnownRoot(`${FINGERPRINT}|1000|`)).toEqual({ fingerprint: FINGERPRINT, sinceMs: 1_000 });
    expect(parseKnownRoot(`${FINGERPRINT}|1000|2000`)).toEqual({
      fingerprint: FINGERPRINT,
      sinceMs: 1_000,
      comparedMs: 2_000,
    });
  });

  it("is nothing when something else is stored", () => {
    for (const text of ["", "885a|1|", `${FINGERPRINT}`, `${FINGERPRINT}|yesterday|`, `x${FINGERPRINT}|1|1`])
      expect(parseKnownRoot(text)).toBeUndefined();
  });
});
