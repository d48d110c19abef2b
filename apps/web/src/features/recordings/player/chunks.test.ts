import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chunkAt, HELD_MS, rangeOf, runsOf, segmentAfter, segmentAt } from "./chunks.ts";
import { recordSegment, START_MS } from "./testing/segments.ts";

const one = recordSegment(0).segment;
const later = recordSegment(2).segment;

describe("finding a segment", () => {
  it("gives the one that shows the instant, a moment beyond its last frame too", () => {
    expect(segmentAt([one, later], START_MS)).toBe(one);
    expect(segmentAt([one, later], one.lastMs + HELD_MS)).toBe(one);
    expect(segmentAt([one, later], one.lastMs + HELD_MS + 1)).toBeUndefined();
    expect(segmentAt([one, later], START_MS - 1)).toBeUndefined();
    expect(segmentAt([], START_MS)).toBeUndefined();
  });

  it("names the next one after a gap", () => {
    expect(segmentAfter([one, later], one.lastMs + 5_000)).toBe(later);
    expect(segmentAfter([one, later], later.firstMs)).toBeUndefined();
    expect(segmentAfter([one, later], START_MS - 5)).toBe(one);
  });
});

describe("finding a chunk", () => {
  it("gives the one whose span holds the instant", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 59_999 }), (offsetMs) => {
        const chunk = chunkAt(one, START_MS + offsetMs);
        expect(chunk).toBe(Math.floor(offsetMs / 1_000));
      }),
    );
  });

  it("gives the first for what is before it", () => {
    expect(chunkAt(one, START_MS - 10)).toBe(0);
  });
});

describe("ranges", () => {
  it("cover whole chunks, their last byte included", () => {
    const [begin, length] = one.chunks[3] ?? [0, 0];
    expect(rangeOf(one, 3)).toEqual([begin, begin + length - 1]);
    const [last, lastLength] = one.chunks[5] ?? [0, 0];
    expect(rangeOf(one, 3, 5)).toEqual([begin, last + lastLength - 1]);
  });

  it("are joined where chunks follow each other, up to a size", () => {
    const [, length = 0] = one.chunks[0] ?? [];
    expect(runsOf(one, [1, 2, 3, 7, 8], length * 10)).toEqual([
      { first: 1, last: 3 },
      { first: 7, last: 8 },
    ]);
    expect(runsOf(one, [0, 1, 2, 3], length * 2)).toHaveLength(2);
    expect(runsOf(one, [4], 1)).toEqual([{ first: 4, last: 4 }]);
  });
});
