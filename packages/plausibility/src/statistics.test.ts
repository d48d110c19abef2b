import fc from "fast-check";
import { expect, it } from "vitest";
import { medianOf, newExtent, trimmedMeanOf, widen } from "./statistics.ts";

const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);
const numbers = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 96 });

it("finds the median that sorting finds, with many equal values too", () => {
  fc.assert(
    fc.property(numbers, (values) => {
      const order = sorted(values);
      const half = values.length >> 1;
      const expected =
        values.length % 2 === 1 ? order[half] : ((order[half - 1] as number) + (order[half] as number)) / 2;
      expect(medianOf(Float64Array.from(values), values.length)).toBe(expected);
    }),
  );
});

it("cuts a tenth off either end before it takes the mean", () => {
  fc.assert(
    fc.property(numbers, (values) => {
      const cut = Math.floor(values.length / 10);
      const middle = sorted(values).slice(cut, values.length - cut);
      const expected = middle.reduce((sum, value) => sum + value, 0) / middle.length;
      expect(trimmedMeanOf(Float64Array.from(values), values.length)).toBeCloseTo(expected, 9);
    }),
  );
});

it("widens slowly, whatever one value says", () => {
  const extent = newExtent();
  for (let i = 0; i < 500; i++) widen(extent, 1, 1_000);
  widen(extent, 1_000_000, 1_000);
  expect(extent.scale).toBeLessThan(1.3);
});
