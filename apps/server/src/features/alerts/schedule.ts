import {
  AppError,
  isWithinSpan,
  type LocalMinute,
  localMinute as localMinuteOf,
  type UnixMs,
} from "@gatehouse/base";
import type { alerts } from "@gatehouse/contract";

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;

/** Refuses with `rule.invalid` a time zone that this runtime does not know. */
export function localMinute(timeZone: string, atMs: UnixMs): LocalMinute {
  try {
    return localMinuteOf(timeZone, atMs);
  } catch (cause) {
    throw new AppError("rule.invalid", { detail: `unknown time zone ${timeZone}` }, { cause });
  }
}

/** Whether the schedule is armed when the wall clock shows this. */
export const isArmedAt = (schedule: alerts.RuleSchedule, at: LocalMinute): boolean =>
  isWithinSpan(schedule, at);

export type Armed = (atMs: UnixMs) => boolean;

const ALWAYS: Armed = () => true;

/**
 * The schedule in a time zone as a function of the instant. It changes only at full minutes (every zone's offset
 * is one), so the last minute asked about is remembered: many devices ask about the same one.
 */
export function armedIn(schedule: alerts.RuleSchedule | undefined, timeZone: string): Armed {
  if (schedule === undefined) return ALWAYS;
  let knownMinute = Number.NaN;
  let known = false;
  return (atMs) => {
    const minute = Math.floor(atMs / MINUTE_MS);
    if (minute !== knownMinute) {
      known = isArmedAt(schedule, localMinute(timeZone, minute * MINUTE_MS));
      knownMinute = minute;
    }
    return known;
  };
}

/** When an unarmed schedule may next become armed. */
export const nextMinuteMs = (atMs: UnixMs): UnixMs => (Math.floor(atMs / MINUTE_MS) + 1) * MINUTE_MS;

/** Never armed, or a bound outside the day. */
export const isEmptySchedule = ({ fromMinute, toMinute }: alerts.RuleSchedule): boolean =>
  fromMinute === toMinute || (fromMinute === 0 && toMinute === 0) || toMinute > DAY_MINUTES;
