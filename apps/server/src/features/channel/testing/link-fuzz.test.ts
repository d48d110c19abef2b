import { expect, it } from "vitest";
import { fuzzLink } from "./link-fuzz.ts";

it("of 20,000 altered frames a link takes none, calls none a duplicate, and holds none for the device's own", () => {
  const { tried, accepted, strange, ended } = fuzzLink(20_000, 20_261_121);
  expect(accepted).toEqual([]);
  expect(strange).toEqual([]);
  expect(tried).toBe(20_000);
  // Enough of them came as far as the cryptography, in the name of a device.
  expect(ended["envelope.not_authentic"]).toBeGreaterThan(4_000);
}, 300_000);
