import { describe, expect, it } from "vitest";
import { DEFAULT_RANGE, instantOf, localText, parseRange, rangeText } from "./time-range.ts";

describe("a range in the address", () => {
  it("is a moving or a standing span", () => {
    for (const text of ["300000", "1763500000000-1763503600000"])
      expect(rangeText(parseRange(text))).toBe(text);
  });

  it("falls back when it is nonsense, turned round or too long", () => {
    for (const text of [undefined, "x", "-5", "200-100", "1-99999999999999", "1-2-3"])
      expect(parseRange(text)).toEqual(DEFAULT_RANGE);
  });

  it("means the site's clock, also on the days the clocks change", () => {
    for (const iso of ["2026-11-01T04:30:00Z", "2026-11-01T07:30:00Z", "2026-07-01T12:00:00Z"]) {
      const atMs = Date.parse(iso);
      expect(instantOf(localText(atMs, "America/Toronto"), "America/Toronto")).toBe(atMs);
    }
  });
});
