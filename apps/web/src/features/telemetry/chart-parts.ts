import type { telemetry } from "@gatehouse/contract";

type Series = telemetry.Series;

/** A chart has an axis at either side. */
export const MAX_UNITS = 2;

export interface ChartParts {
  /** Places in the plan of the numbers that are drawn, and whether against the right axis. */
  readonly lines: readonly { readonly index: number; readonly right: boolean }[];
  /** Places of the states: drawn as bands below the lines. */
  readonly states: readonly number[];
  /** Units of the left and the right axis, as far as there are. */
  readonly units: readonly string[];
  /** Numbers in a third unit and beyond are not drawn. */
  readonly leftOut: readonly Series[];
}

/** The units of numbers, each once, in the order of the series. */
export const unitsOf = (series: readonly (Series | undefined)[]): string[] => [
  ...new Set(series.flatMap((one) => (one?.kind === "number" ? [one.unit] : []))),
];

/** How the series of one chart share it: one axis a unit, two at most; states apart from numbers. */
export function partsOf(series: readonly (Series | undefined)[]): ChartParts {
  const units = unitsOf(series).slice(0, MAX_UNITS);
  const numbers = series.flatMap((one, index) => (one?.kind === "number" ? [{ one, index }] : []));
  return {
    units,
    lines: numbers
      .filter(({ one }) => units.includes(one.unit))
      .map(({ one, index }) => ({ index, right: one.unit !== units[0] })),
    states: series.flatMap((one, index) => (one?.kind === "state" ? [index] : [])),
    leftOut: numbers.flatMap(({ one }) => (units.includes(one.unit) ? [] : [one])),
  };
}
