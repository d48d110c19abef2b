import { expect, it } from "vitest";
import { fuzzSealed } from "../testing/sealed-fuzz.ts";

it("none of 50,000 altered envelopes is accepted, and each ends in the one error", () => {
  const { tried, accepted, strange, refused } = fuzzSealed(50_000, 20_261_121);
  expect(accepted).toEqual([]);
  expect(strange).toEqual([]);
  expect(tried).toBe(50_000);
  // Enough of them came as far as the cryptography.
  expect(refused.not_authentic).toBeGreaterThan(15_000);
  for (const reason of ["malformed", "suite", "unknown_key"] as const)
    expect(refused[reason]).toBeGreaterThan(1_000);
}, 120_000);
