import type { UnixMs } from "./clock.ts";

const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/** What the clock on the wall shows: weekday 1 Monday … 7 Sunday, minute of the day 0 … 1439. */
export interface LocalMinute {
  readonly weekday: number;
  readonly minute: number;
}

/** Hours of chosen days; a span over midnight belongs to the day on which it begins. */
export interface WeekSpan {
  readonly days: readonly number[];
  readonly fromMinute: number;
  readonly toMinute: number;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Throws a RangeError for a time zone that this runtime does not know. */
function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known !== undefined) return known;
  const formatter = new Intl.DateTimeFormat("en-US", {
    timeZone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  formatters.set(timeZone, formatter);
  return formatter;
}

/** Throws a RangeError for a time zone that this runtime does not know. */
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

/** Whether the wall clock is within the span. `fromMinute` belongs to it, `toMinute` does not. */
export function isWithinSpan(
  { days, fromMinute, toMinute }: WeekSpan,
  { weekday, minute }: LocalMinute,
): boolean {
  if (fromMinute < toMinute) return days.includes(weekday) && minute >= fromMinute && minute < toMinute;
  const yesterday = weekday === 1 ? 7 : weekday - 1;
  return (days.includes(weekday) && minute >= fromMinute) || (days.includes(yesterday) && minute < toMinute);
}
