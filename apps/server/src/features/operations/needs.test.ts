import { expect, test } from "vitest";
import { sortNeeds } from "./needs.ts";

test("the most severe come first, among equals the longest waiting, and the list stays short", () => {
  const need = (severity: string, atMs: number) => ({ kind: "alert", severity, atMs });
  const sorted = sortNeeds([need("info", 1), need("critical", 9), need("warning", 5), need("critical", 3)]);
  expect(sorted.map((item) => [item.severity, item.atMs])).toEqual([
    ["critical", 3],
    ["critical", 9],
    ["warning", 5],
    ["info", 1],
  ]);
  expect(sortNeeds(Array.from({ length: 50 }, (_, i) => need("info", i)))).toHaveLength(20);
});
