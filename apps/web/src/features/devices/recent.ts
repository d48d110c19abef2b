import type { LiveValue } from "../../data/live-values.ts";

/** Instants (Unix ms, ascending) with their values. */
export interface Column<V> {
  readonly t: readonly number[];
  readonly v: readonly V[];
}

export interface LiveSample {
  readonly metric: string;
  readonly tsMs: number;
  readonly value: LiveValue;
}

/**
 * A column that was read, with what came live since. An instant in both counts once; of what lies before `fromMs`
 * the newest stays: a state holds until the next one.
 */
export function mergeColumn(
  column: Column<LiveValue>,
  samples: readonly Omit<LiveSample, "metric">[],
  fromMs: number,
): Column<LiveValue> {
  const byInstant = new Map(column.t.map((tMs, n) => [tMs, column.v[n] as LiveValue]));
  for (const { tsMs, value } of samples) byInstant.set(tsMs, value);
  const sorted = [...byInstant].sort(([a], [b]) => a - b);
  const inside = sorted.findIndex(([tMs]) => tMs >= fromMs);
  const kept = sorted.slice(Math.max(0, (inside === -1 ? sorted.length : inside) - 1));
  return { t: kept.map(([tMs]) => tMs), v: kept.map(([, value]) => value) };
}

/** The numbers of a column inside the window. */
export function numbersOf(column: Column<LiveValue> | undefined, fromMs: number): Column<number> {
  const t: number[] = [];
  const v: number[] = [];
  column?.t.forEach((tMs, n) => {
    const value = column.v[n];
    if (tMs < fromMs || typeof value !== "number") return;
    t.push(tMs);
    v.push(value);
  });
  return { t, v };
}

/** A stretch of time during which a state was on, as shares 0..1 of the window. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** When a boolean was true between two instants. Before its first known value nothing is drawn. */
export function stretchesOf(column: Column<LiveValue>, fromMs: number, toMs: number): Stretch[] {
  const share = (tMs: number) => Math.min(1, Math.max(0, (tMs - fromMs) / (toMs - fromMs)));
  const stretches: Stretch[] = [];
  column.t.forEach((tMs, n) => {
    if (column.v[n] !== true) return;
    const from = share(tMs);
    const to = share(column.t[n + 1] ?? toMs);
    const last = stretches.at(-1);
    if (last !== undefined && last.to === from) stretches[stretches.length - 1] = { from: last.from, to };
    else if (to > from) stretches.push({ from, to });
  });
  return stretches;
}

/** How often the value changed inside the window. */
export function changesIn(column: Column<LiveValue>, fromMs: number): number {
  return column.v.filter((value, n) => n > 0 && value !== column.v[n - 1] && (column.t[n] ?? 0) >= fromMs)
    .length;
}
