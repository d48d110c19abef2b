import { expect, it } from "vitest";
import { RecentlyUsed } from "./recently-used.ts";

it("keeps what was set last, and no more than there is room for", () => {
  const kept = new RecentlyUsed<number>(2);
  for (const [key, value] of [
    ["a", 1],
    ["b", 2],
    ["a", 3],
    ["c", 4],
  ] as const)
    kept.set(key, value);
  expect(["a", "b", "c"].map((key) => kept.get(key))).toEqual([3, undefined, 4]);
});
