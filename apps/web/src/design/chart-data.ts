/** A column of points: `t` Unix ms ascending, `v` of the same length; null is a gap. */
export interface Points {
  readonly t: readonly number[];
  readonly v: readonly (number | null)[];
}

/** Columns for uPlot: one shared x column, then one y column for each series (undefined = no point there). */
export type Aligned = [number[], ...(number | null | undefined)[][]];

/** Puts series with instants of their own on one time axis. A series is drawn through instants it does not have. */
export function alignSeries(series: readonly Points[]): Aligned {
  const [first] = series;
  // The metrics of one device are measured together: nothing to sort, nothing to look up.
  if (first !== undefined && series.every(({ t }) => haveSameItems(t, first.t)))
    return [[...first.t], ...series.map(({ v }) => [...v])];
  const t = [...new Set(series.flatMap((points) => points.t))].sort((a, b) => a - b);
  const columns = series.map((points) => {
    const at = new Map(points.t.map((instant, n) => [instant, points.v[n]]));
    return t.map((instant) => at.get(instant));
  });
  return [t, ...columns];
}

const haveSameItems = (a: readonly number[], b: readonly number[]): boolean =>
  a === b || (a.length === b.length && a.every((item, n) => item === b[n]));

/**
 * Adds readings to a column, drops those older than `fromMs`. A reading with an instant already there replaces
 * it; one that arrives late is put in its place.
 */
export function appendPoints(
  points: Points,
  readings: readonly (readonly [tMs: number, value: number])[],
  fromMs: number,
): Points {
  const t = [...points.t];
  const v = [...points.v];
  for (const [tMs, value] of readings) {
    let at = t.length;
    while (at > 0 && (t[at - 1] as number) > tMs) at--;
    if (t[at - 1] === tMs) v[at - 1] = value;
    else {
      t.splice(at, 0, tMs);
      v.splice(at, 0, value);
    }
  }
  const first = t.findIndex((instant) => instant >= fromMs);
  const keepFrom = first === -1 ? t.length : first;
  return { t: t.slice(keepFrom), v: v.slice(keepFrom) };
}

export interface Summary {
  readonly count: number;
  readonly low: number;
  readonly high: number;
  readonly last: number;
  readonly lastMs: number;
}

/** What a person who does not see the chart is told; undefined when there is no value. */
export function summarise(points: Points): Summary | undefined {
  let [count, low, high] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let lastAt = 0;
  for (const [n, value] of points.v.entries()) {
    if (value === null) continue;
    count++;
    if (value < low) low = value;
    if (value > high) high = value;
    lastAt = n;
  }
  if (count === 0) return undefined;
  return { count, low, high, last: points.v[lastAt] as number, lastMs: points.t[lastAt] as number };
}

const MAX_DECIMALS = 6;

/** Decimals that write multiples of `step` exactly. */
export function decimalsOf(step: number): number {
  for (let decimals = 0; decimals < MAX_DECIMALS; decimals++) {
    const scaled = step * 10 ** decimals;
    if (scaled >= 1 && Math.abs(scaled - Math.round(scaled)) < 1e-6) return decimals;
  }
  return MAX_DECIMALS;
}
