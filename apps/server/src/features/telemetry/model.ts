import { AppError, type UnixMs, type Uuid } from "@gatehouse/base";
import type { Reading } from "@gatehouse/contract";

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

export const startOf = (tsMs: UnixMs, unitMs: number): UnixMs => Math.floor(tsMs / unitMs) * unitMs;

/** Distinct metrics of one device: beyond it a device is inventing names. */
export const MAX_METRICS_PER_DEVICE = 256;

/** A device's clock may be ahead by this much; further readings would hide every later one. */
export const MAX_FUTURE_MS = DAY_MS;

export type MetricValue = number | boolean | string;

/** One series: a metric of a device. */
export interface SeriesKey {
  readonly deviceId: Uuid;
  readonly metric: string;
}

/** `<deviceId>:<metric>`, already checked by the contract's pattern. */
export function parseSeriesRef(ref: string): SeriesKey {
  return { deviceId: ref.slice(0, 36), metric: ref.slice(37) };
}

export const seriesRef = (deviceId: Uuid, metric: string): string => `${deviceId}:${metric}`;

/** Why a reading cannot be kept whatever the database says; undefined when it can. */
export function refusalOf(reading: Reading, nowMs: UnixMs, maxPastMs: number): AppError | undefined {
  const { tsMs, numbers, states } = reading;
  if (!Number.isSafeInteger(tsMs) || tsMs > nowMs + MAX_FUTURE_MS || tsMs < nowMs - maxPastMs)
    return new AppError("message.timestamp");
  if (numbers.length + states.length === 0) return new AppError("message.schema");
  for (const [metric, value] of numbers)
    if (!Number.isFinite(value)) return new AppError("message.not_finite", { metric });
  return undefined;
}
