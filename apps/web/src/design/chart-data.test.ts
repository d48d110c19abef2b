import { describe, expect, it, test } from "vitest";
import { alignSeries, appendPoints, decimalsOf, summarise } from "./chart-data.ts";
import { modulePath } from "./qr.tsx";
import { sparkPath } from "./spark.tsx";

describe("aligned series", () => {
  it("share one time axis and leave out what a series does not have", () => {
    const aligned = alignSeries([
      { t: [1, 3], v: [10, 30] },
      { t: [2, 3], v: [null, 33] },
    ]);
    expect(aligned).toEqual([
      [1, 2, 3],
      [10, undefined, 30],
      [undefined, null, 33],
    ]);
  });

  it("with the same instants stand side by side, in columns of their own", () => {
    const [t, first, second] = [
      [1, 2],
      [5, null],
      [7, 8],
    ];
    const aligned = alignSeries([
      { t, v: first },
      { t: [1, 2], v: second },
    ]);
    expect(aligned).toEqual([t, first, second]);
    expect(aligned.some((column) => column === t || column === first || column === second)).toBe(false);
    expect(alignSeries([])).toEqual([[]]);
  });

  it("keep a single series as it is", () => {
    expect(alignSeries([{ t: [1, 2], v: [5, null] }])).toEqual([
      [1, 2],
      [5, null],
    ]);
  });
});

describe("appended readings", () => {
  const points = { t: [10, 20], v: [1, 2] };

  it("go to the end and push old ones out of the window", () => {
    expect(appendPoints(points, [[30, 3]], 20)).toEqual({ t: [20, 30], v: [2, 3] });
  });

  it("that come late find their place, and a resent one replaces", () => {
    const late = appendPoints(
      points,
      [
        [15, 1.5],
        [20, 2.5],
      ],
      0,
    );
    expect(late).toEqual({ t: [10, 15, 20], v: [1, 1.5, 2.5] });
  });

  it("leave the given column untouched", () => {
    appendPoints(points, [[40, 4]], 30);
    expect(points).toEqual({ t: [10, 20], v: [1, 2] });
  });

  it("may all be too old", () => {
    expect(appendPoints(points, [], 99)).toEqual({ t: [], v: [] });
  });
});

describe("the summary of a chart", () => {
  it("names count, extremes and the last value, passing over gaps", () => {
    expect(summarise({ t: [1, 2, 3, 4], v: [5, -1, 7, null] })).toEqual({
      count: 3,
      low: -1,
      high: 7,
      last: 7,
      lastMs: 3,
    });
  });

  it("is absent without values", () => {
    expect(summarise({ t: [1], v: [null] })).toBeUndefined();
  });
});

describe("drawn paths", () => {
  it("join dark modules of a row", () => {
    expect(modulePath(3, [1, 1, 0, 0, 0, 1, 0, 0, 0])).toBe("M0 0h2v1h-2zM2 1h1v1h-1z");
  });

  it("draw a flat line at the foot when all values are equal", () => {
    expect(sparkPath([4, 4], 10, 10)).toBe("M0.0 8.0L10.0 8.0");
  });
});

test("labels have as many decimals as their step asks for", () => {
  expect([100, 2.5, 1, 0.5, 0.25, 0.1, 0.05, 0.001].map(decimalsOf)).toEqual([0, 1, 0, 1, 2, 1, 2, 3]);
});
