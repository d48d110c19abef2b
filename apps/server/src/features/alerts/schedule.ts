import { AppError, type UnixMs } from "@gatehouse/base";
import type { alerts } from "@gatehouse/contract";

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;
const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/** What the clock on the wall shows: weekday 1 Monday … 7 Sunday, minute of the day 0 … 1439. */
interface LocalMinute {
  readonly weekday: number;
  readonly minute: number;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Refuses with `rule.invalid` a time zone that this runtime does not know. */
function formatterOf(timeZone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(timeZone);
  if (formatter === undefined) {
    try {
      formatter = new Intl.DateTimeFormat("en-US", {
        timeZone,
        weekday: "short",
        hour: "2-digit",
        minute: "2-digit",
        hourCycle: "h23",
      });
    } catch (cause) {
      throw new AppError("rule.invalid", { detail: `unknown time zone ${timeZone}` }, { cause });
    }
    formatters.set(timeZone, formatter);
  }
  return formatter;
}

export function localMinute(timeZone: string, atMs: UnixMs): LocalMinute {
  let weekday = 1;
  let minute = 0;
  for (const { type, value } of formatterOf(timeZone).formatToParts(atMs)) {
    if (type === "weekday") weekday = WEEKDAYS.indexOf(value) + 1;
    else if (type === "hour") minute += Number(value) * 60;
    else if (type === "minute") minute += Number(value);
  }
  return { weekday, minute };
}

/**
 * Whether the schedule is armed when the wall clock shows this. `fromMinute` belongs to it, `toMinute` does not.
 * A span over midnight belongs to the day on which it begins.
 */
export function isArmedAt(schedule: alerts.RuleSchedule, { weekday, minute }: LocalMinute): boolean {
  const { days, fromMinute, toMinute } = schedule;
  if (fromMinute < toMinute) return days.includes(weekday) && minute >= fromMinute && minute < toMinute;
  const yesterday = weekday === 1 ? 7 : weekday - 1;
  return (days.includes(weekday) && minute >= fromMinute) || (days.includes(yesterday) && minute < toMinute);
}

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
