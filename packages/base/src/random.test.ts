import { expect, test } from "vitest";
import { systemRandom } from "./random.ts";

test("bytes of the system's source are of the length asked for, and never come twice", () => {
  const seen = new Set<string>();
  for (let i = 0; i < 2_000; i++) {
    const bytes = systemRandom.bytes(16);
    expect(bytes).toHaveLength(16);
    seen.add(Buffer.from(bytes).toString("hex"));
  }
  expect(seen.size).toBe(2_000);
  for (const n of [0, 1, 64, 65, 65_536]) expect(systemRandom.bytes(n)).toHaveLength(n);
});

test("each byte of every place takes many values", () => {
  const draws = Array.from({ length: 400 }, () => systemRandom.bytes(33));
  for (let at = 0; at < 33; at++) expect(new Set(draws.map((bytes) => bytes[at])).size).toBeGreaterThan(100);
});

test("what was given away is not changed by what is asked for next", () => {
  const first = systemRandom.bytes(32);
  const copy = Uint8Array.from(first);
  for (let i = 0; i < 500; i++) systemRandom.bytes(32);
  expect(first).toEqual(copy);
});
