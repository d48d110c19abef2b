import { describe, expect, it } from "vitest";
import { changesIn, mergeColumn, numbersOf, stretchesOf } from "./recent.ts";

describe("the last minutes of a series", () => {
  it("count an instant that was read and heard once, in time order", () => {
    const merged = mergeColumn(
      { t: [1_000, 3_000], v: [1, 3] },
      [
        { tsMs: 3_000, value: 3 },
        { tsMs: 4_000, value: 4 },
        { tsMs: 2_000, value: 2 },
      ],
      0,
    );
    expect(merged).toEqual({ t: [1_000, 2_000, 3_000, 4_000], v: [1, 2, 3, 4] });
  });

  it("keep the last value before the window, because a state holds until the next one", () => {
    const column = mergeColumn({ t: [1_000, 2_000, 9_000], v: [false, true, false] }, [], 5_000);
    expect(column).toEqual({ t: [2_000, 9_000], v: [true, false] });
    expect(mergeColumn({ t: [1_000], v: [true] }, [], 5_000)).toEqual({ t: [1_000], v: [true] });
    expect(mergeColumn({ t: [], v: [] }, [], 5_000)).toEqual({ t: [], v: [] });
  });

  it("hold only numbers inside the window for a chart", () => {
    expect(numbersOf({ t: [1, 5, 6], v: [1, 5, "off"] }, 5)).toEqual({ t: [5], v: [5] });
    expect(numbersOf(undefined, 0)).toEqual({ t: [], v: [] });
  });
});

describe("a lane of a state", () => {
  it("is filled while the state is on, to the end if it still is", () => {
    const column = { t: [0, 25, 50, 75], v: [true, true, false, true] };
    expect(stretchesOf(column, 0, 100)).toEqual([
      { from: 0, to: 0.5 },
      { from: 0.75, to: 1 },
    ]);
    expect(changesIn(column, 0)).toBe(2);
  });

  it("begins at the window's start when the state was on before", () => {
    expect(stretchesOf({ t: [-50, 20], v: [true, false] }, 0, 100)).toEqual([{ from: 0, to: 0.2 }]);
    expect(stretchesOf({ t: [-50, -20], v: [true, false] }, 0, 100)).toEqual([]);
  });
});
