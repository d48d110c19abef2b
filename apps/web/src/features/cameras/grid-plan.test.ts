import { describe, expect, it } from "vitest";
import { GRIDS, gridFor, isGrid, paceOf, pageStart, shapeOf } from "./grid-plan.ts";

describe("the grid of live pictures", () => {
  it("is the smallest that holds all cameras, and the largest when none does", () => {
    expect([0, 1, 2, 4, 5, 6, 7, 9, 10, 16, 17, 300].map(gridFor)).toEqual([
      "1",
      "1",
      "4",
      "4",
      "6",
      "6",
      "9",
      "9",
      "16",
      "16",
      "16",
      "16",
    ]);
  });

  it("has a place for as many as its name says", () => {
    for (const grid of GRIDS) {
      const { columns, rows } = shapeOf(grid);
      expect(columns * rows).toBe(Number(grid));
    }
  });

  it("asks for fewer frames the more cameras it shows", () => {
    const paces = GRIDS.map((grid) => paceOf(grid) ?? 60);
    expect(paces).toEqual([...paces].sort((a, b) => b - a));
    expect(Math.min(...paces)).toBeGreaterThanOrEqual(10);
  });

  it("is taken from the address only where it is one", () => {
    expect(["4", "16", "5", "", "all", undefined].map(isGrid)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  it("begins a page at a whole multiple of its size, whatever the address says", () => {
    expect(["0", "4", "7", "-3", "x", undefined].map((offset) => pageStart(offset, "4"))).toEqual([
      0, 4, 4, 0, 0, 0,
    ]);
  });
});
