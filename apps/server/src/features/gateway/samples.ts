import type { UnixMs } from "@gatehouse/base";
import { LIMITS } from "@gatehouse/contract";
import { Refused } from "./refused.ts";

/** What a device measured at one time, its values not yet checked against the device's type. */
export interface Sample {
  readonly tsMs: UnixMs;
  /** The device did not say when: it is the time of arrival. */
  readonly untimed?: true;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Timestamps that are believed, both ends included. */
export interface TimeWindow {
  readonly receivedMs: UnixMs;
  readonly oldestMs: UnixMs;
  readonly newestMs: UnixMs;
}

const DAY_MS = 86_400_000;
/** A number below this is seconds since 1970 (until the year 5138), from here on milliseconds (from 1973). */
const SECONDS_BELOW = 1e11;

/** Past days as the owner set them, with the clock tolerance on both sides. */
export function timeWindow(receivedMs: UnixMs, maxPastDays: number): TimeWindow {
  return {
    receivedMs,
    oldestMs: receivedMs - maxPastDays * DAY_MS - LIMITS.timestampAheadMs,
    newestMs: receivedMs + LIMITS.timestampAheadMs,
  };
}

/**
 * `{"temperature": 21.4}`, `{"ts": 1763…, "values": {…}}` or an array of up to 1,000 of these. A bad one in
 * an array does not refuse the others.
 */
export function readSamples(value: unknown, window: TimeWindow): readonly (Sample | Refused)[] {
  if (!Array.isArray(value)) return [readSample(value, window)];
  if (value.length === 0) return [new Refused("message.malformed", "empty list")];
  if (value.length > LIMITS.batchReadings)
    return [new Refused("message.too_large", `more than ${LIMITS.batchReadings} readings`)];
  return value.map((item) => readSample(item, window));
}

export function readSample(value: unknown, window: TimeWindow): Sample | Refused {
  if (!isRecord(value)) return new Refused("message.malformed", "a reading is a JSON object");
  if (value.ts === undefined)
    return sample(window.receivedMs, isRecord(value.values) ? value.values : value, { untimed: true });
  const tsMs = readTimestamp(value.ts, window);
  if (tsMs instanceof Refused) return tsMs;
  if (isRecord(value.values)) return sample(tsMs, value.values);
  const { ts: _, ...values } = value;
  return sample(tsMs, values);
}

/** Unix milliseconds, or seconds where the number is small; anything outside the window is refused. */
export function readTimestamp(ts: unknown, window: TimeWindow): UnixMs | Refused {
  if (typeof ts !== "number" || !Number.isFinite(ts))
    return new Refused("message.timestamp", "ts is not a number");
  const tsMs = Math.round(ts < SECONDS_BELOW ? ts * 1000 : ts);
  if (tsMs > window.newestMs) return new Refused("message.timestamp", `${tsMs - window.receivedMs} ms ahead`);
  if (tsMs < window.oldestMs) return new Refused("message.timestamp", `${window.receivedMs - tsMs} ms old`);
  return tsMs;
}

function sample(
  tsMs: UnixMs,
  values: Readonly<Record<string, unknown>>,
  how: Pick<Sample, "untimed"> = {},
): Sample | Refused {
  let count = 0;
  for (const _ in values) if (++count > LIMITS.metricsPerMessage) break;
  if (count === 0) return new Refused("message.malformed", "no value");
  if (count > LIMITS.metricsPerMessage)
    return new Refused("message.too_large", `more than ${LIMITS.metricsPerMessage} values`);
  return { tsMs, values, ...how };
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
