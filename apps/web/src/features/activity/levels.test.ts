import { expect, test } from "vitest";
import { dayBeside, daysBetween, levelOf } from "./levels.ts";

test("one event is seen beside a thousand, and none is nothing", () => {
  expect([0, 1, 100, 1_000].map((count) => levelOf(count, 1_000))).toEqual([0, 1, 2, 4]);
  expect(levelOf(0, 0)).toBe(0);
});

test("days go on over the ends of months and years", () => {
  expect(dayBeside("2026-02-28", 1)).toBe("2026-03-01");
  expect(daysBetween("2026-12-30", "2027-01-02")).toEqual([
    "2026-12-30",
    "2026-12-31",
    "2027-01-01",
    "2027-01-02",
  ]);
  expect(daysBetween("2027-01-02", "2026-12-30")).toEqual([]);
});
