import type { telemetry } from "@gatehouse/contract";

export type ChartPlan = telemetry.Board["charts"][number];

export const MAX_CHARTS = 24;
export const MAX_SERIES = 6;
/** The contract's bound on one history call. */
export const MAX_ASKED = 96;

const SERIES = /^[0-9a-f-]{36}:[A-Za-z][A-Za-z0-9_.-]{0,63}$/;

/** Charts from the address: series of one chart parted by commas, charts by semicolons; what cannot be one is left out. */
export function parseCharts(text: string | undefined): ChartPlan[] {
  return (text ?? "")
    .split(";")
    .map((part) => [...new Set(part.split(",").filter((ref) => SERIES.test(ref)))].slice(0, MAX_SERIES))
    .filter((series) => series.length > 0)
    .slice(0, MAX_CHARTS)
    .map((series) => ({ title: "", series }));
}

export const chartsText = (charts: readonly ChartPlan[]): string =>
  charts.map(({ series }) => series.join(",")).join(";");

/** Every series once, in the order of the charts. */
export const refsOf = (charts: readonly ChartPlan[]): string[] => [
  ...new Set(charts.flatMap(({ series }) => series)),
];

export const deviceOf = (ref: string): string => ref.slice(0, 36);
export const metricOf = (ref: string): string => ref.slice(37);

/** The list with the entry at `index` moved by `by` places; unchanged at either end. */
export function moved<T>(list: readonly T[], index: number, by: -1 | 1): T[] {
  const next = [...list];
  const target = index + by;
  if (target < 0 || target >= list.length) return next;
  const [entry] = next.splice(index, 1);
  if (entry !== undefined) next.splice(target, 0, entry);
  return next;
}

/** Several history calls instead of one only beyond the contract's bound. */
export function inCalls(refs: readonly string[]): string[][] {
  const calls: string[][] = [];
  for (let at = 0; at < refs.length; at += MAX_ASKED) calls.push(refs.slice(at, at + MAX_ASKED));
  return calls;
}

/** A key that moves with its chart; equal charts are numbered. */
export function chartKeys(charts: readonly ChartPlan[]): string[] {
  const seen = new Map<string, number>();
  return charts.map(({ series }) => {
    const key = series.join();
    const nth = (seen.get(key) ?? 0) + 1;
    seen.set(key, nth);
    return `${key}#${nth}`;
  });
}
