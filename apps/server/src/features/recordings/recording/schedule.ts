import type { UnixMs } from "@gatehouse/base";
import type { cameras } from "@gatehouse/contract";

const DAY_MINUTES = 1_440;
const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const formats = new Map<string, Intl.DateTimeFormat>();

/** Day of the week (1 Monday … 7) and minute of the day where the camera is. */
export function localTimeOf(
  atMs: UnixMs,
  timeZone: string,
): { readonly day: number; readonly minute: number } {
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat("en-GB", {
      ...{ timeZone, weekday: "short", hour: "2-digit", minute: "2-digit" },
      hourCycle: "h23",
    });
  formats.set(timeZone, format);
  const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, value]));
  return {
    day: WEEKDAYS.indexOf(parts.get("weekday") ?? "") + 1,
    minute: Number(parts.get("hour")) * 60 + Number(parts.get("minute")),
  };
}

/** Whether a schedule wants recording at this local time. A span that ends before it begins goes past midnight. */
export function isScheduled(
  spans: readonly cameras.ScheduleSpan[],
  { day, minute }: { readonly day: number; readonly minute: number },
): boolean {
  const dayBefore = day === 1 ? 7 : day - 1;
  return spans.some(({ days, fromMinute, toMinute }) => {
    const isPastMidnight = toMinute < fromMinute;
    const endMinute = isPastMidnight ? DAY_MINUTES : toMinute;
    if (days.includes(day) && minute >= fromMinute && minute < endMinute) return true;
    return isPastMidnight && days.includes(dayBefore) && minute < toMinute;
  });
}
