import fc from "fast-check";
import { expect, test } from "vitest";
import { type Candidate, intersectionOverUnion } from "./candidate.ts";
import { MAX_DETECTIONS, suppress } from "./suppress.ts";

const box = (x: number, score: number, classIndex = 0): Candidate => ({
  x1: x,
  y1: 0,
  x2: x + 10,
  y2: 20,
  score,
  classIndex,
});

const edge = fc.double({ min: -100, max: 700, noNaN: true });
const candidate: fc.Arbitrary<Candidate> = fc.record({
  x1: edge,
  y1: edge,
  x2: edge,
  y2: edge,
  score: fc.double({ min: 0, max: 1, noNaN: true }),
  classIndex: fc.nat(3),
});

test("of boxes on one thing the most certain stays", () => {
  expect(suppress([box(0, 0.6), box(1, 0.9), box(30, 0.5)], 0.5)).toEqual([box(1, 0.9), box(30, 0.5)]);
});

test("things of two classes do not hide each other", () => {
  expect(suppress([box(0, 0.6, 0), box(0, 0.9, 1)], 0.5)).toHaveLength(2);
});

test("boxes side by side both stay, and exact doubles too where doubles are allowed", () => {
  expect(suppress([box(0, 0.6), box(10, 0.9)], 0)).toHaveLength(2);
  expect(suppress([box(0, 0.6), box(0, 0.6)], 1)).toHaveLength(2);
});

test("boxes without area and numbers that are none are dropped", () => {
  const wrong = [
    { ...box(0, 0.9), x2: 0 },
    { ...box(0, 0.9), y1: Number.NaN },
    { ...box(0, 0.9), x2: Number.POSITIVE_INFINITY },
  ];
  expect(suppress(wrong, 0.5)).toEqual([]);
});

test("no two that stay cover each other, the order is that of certainty, and nothing is invented", () => {
  fc.assert(
    fc.property(
      fc.array(candidate, { maxLength: 60 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (all, overlap) => {
        const kept = suppress(all, overlap);
        for (const [i, one] of kept.entries()) {
          expect(all).toContain(one);
          if (i > 0) expect(one.score).toBeLessThanOrEqual((kept[i - 1] as Candidate).score);
          for (const other of kept.slice(i + 1))
            if (one.classIndex === other.classIndex)
              expect(intersectionOverUnion(one, other)).toBeLessThanOrEqual(overlap);
        }
      },
    ),
  );
});

test("a model that claims everything is answered within bounds", () => {
  const many = Array.from({ length: 30_000 }, (_, i) => box(i * 20, (i % 100) / 100));
  expect(suppress(many, 0.5)).toHaveLength(MAX_DETECTIONS);
});
