import type { ErrorCode } from "@gatehouse/base";
import type { DeviceType, MetricSpec } from "./device-type.ts";

export const MAX_METRICS_PER_READING = 64;
export const MAX_STRING_LENGTH = 1024;
const METRIC_KEY = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/;

export type ReadingRefusalCode = Extract<
  ErrorCode,
  | "message.schema"
  | "message.not_finite"
  | "message.out_of_range"
  | "message.invalid_utf8"
  | "message.too_many_metrics"
>;

export interface AcceptedReading {
  readonly ok: true;
  readonly numbers: [metric: string, value: number][];
  readonly states: [metric: string, value: boolean | string][];
}

export interface RefusedReading {
  readonly ok: false;
  readonly code: ReadingRefusalCode;
  /** The metric at fault, as sent (any text up to 64 characters); absent when the whole reading is. */
  readonly metric?: string;
}

/**
 * Checks what a device sent against its type, all or nothing. Takes any value and never throws.
 * Runs for every message: one pass, no schema library, no allocation but the result.
 */
export function validateReading(type: DeviceType, values: unknown): AcceptedReading | RefusedReading {
  if (typeof values !== "object" || values === null || Array.isArray(values)) return refuse("message.schema");
  const numbers: AcceptedReading["numbers"] = [];
  const states: AcceptedReading["states"] = [];
  for (const key in values) {
    if (!Object.hasOwn(values, key)) continue;
    if (numbers.length + states.length === MAX_METRICS_PER_READING) return refuse("message.too_many_metrics");
    const spec = type.metricByKey.get(key);
    if (spec === undefined && !(type.openMetrics && isMetricKey(key))) return refuse("message.schema", key);
    const value: unknown = (values as Record<string, unknown>)[key];
    const fault = faultOf(value, spec);
    if (fault !== undefined) return refuse(fault, key);
    if (typeof value === "number") numbers.push([key, value]);
    else states.push([key, value as boolean | string]);
  }
  if (numbers.length + states.length === 0) return refuse("message.schema");
  return { ok: true, numbers, states };
}

/** A letter, then up to 63 letters, digits, `_`, `.` or `-`; none of the names that every JavaScript object has. */
export function isMetricKey(key: string): boolean {
  return METRIC_KEY.test(key) && !(key in Object.prototype) && key !== "prototype";
}

/** `spec` is undefined for a metric that an open type does not list: then any kind and any finite number will do. */
function faultOf(value: unknown, spec: MetricSpec | undefined): ReadingRefusalCode | undefined {
  if (spec !== undefined && typeof value !== spec.kind) return "message.schema";
  if (typeof value === "number") {
    if (!Number.isFinite(value)) return "message.not_finite";
    const inRange =
      spec === undefined || (value >= (spec.min ?? -Infinity) && value <= (spec.max ?? Infinity));
    return inRange ? undefined : "message.out_of_range";
  }
  if (typeof value === "string") return faultOfString(value);
  return typeof value === "boolean" ? undefined : "message.schema";
}

/** PostgreSQL's text holds every string but those with U+0000 or half a surrogate pair: what is taken comes back exactly. */
function faultOfString(value: string): ReadingRefusalCode | undefined {
  if (value.length > MAX_STRING_LENGTH || value.includes("\0")) return "message.schema";
  return value.isWellFormed() ? undefined : "message.invalid_utf8";
}

function refuse(code: ReadingRefusalCode, metric?: string): RefusedReading {
  return metric === undefined ? { ok: false, code } : { ok: false, code, metric: metric.slice(0, 64) };
}
