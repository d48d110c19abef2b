import type { cameras } from "@gatehouse/contract";

export const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7] as const;
export type Weekday = (typeof WEEKDAYS)[number];
export const DAY_MINUTES = 1_440;

/** A span of the week while it is written; its times as a time field has them. */
export interface SpanDraft {
  /** Names the span on screen only. */
  readonly key: string;
  readonly days: readonly number[];
  /** `HH:MM`, in the site's time zone. */
  readonly from: string;
  /** `00:00` is the day's end. */
  readonly to: string;
}

export type SpanWrong = "days" | "times";

export function minuteOf(clock: string): number | undefined {
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(clock) ?? [];
  return hours === undefined ? undefined : Number(hours) * 60 + Number(minutes);
}

export function clockOf(minute: number): string {
  const within = minute % DAY_MINUTES;
  return [Math.floor(within / 60), within % 60].map((part) => String(part).padStart(2, "0")).join(":");
}

/** The end of the day is written 00:00, and means 24:00. */
const endOf = (clock: string): number | undefined => {
  const minute = minuteOf(clock);
  return minute === 0 ? DAY_MINUTES : minute;
};

export function wrongOfSpan({ days, from, to }: SpanDraft): SpanWrong | undefined {
  if (days.length === 0) return "days";
  const [begin, end] = [minuteOf(from), endOf(to)];
  return begin === undefined || end === undefined || begin === end ? "times" : undefined;
}

/** Only of a span with nothing wrong. */
export const spanFrom = ({ days, from, to }: SpanDraft): cameras.ScheduleSpan => ({
  days: [...days].sort(),
  fromMinute: minuteOf(from) ?? 0,
  toMinute: endOf(to) ?? DAY_MINUTES,
});

export const spanDraftOf = (span: cameras.ScheduleSpan, key: string): SpanDraft => ({
  key,
  days: span.days,
  from: clockOf(span.fromMinute),
  to: clockOf(span.toMinute),
});

export interface Stretch {
  readonly fromMinute: number;
  readonly toMinute: number;
}

/** What of each weekday the spans cover; one past midnight goes on at the next day's start. */
export function coverOf(spans: readonly cameras.ScheduleSpan[]): ReadonlyMap<Weekday, readonly Stretch[]> {
  const week = new Map<Weekday, Stretch[]>(WEEKDAYS.map((day) => [day, []]));
  const add = (day: number, fromMinute: number, toMinute: number) => {
    const weekday = WEEKDAYS[(day - 1) % 7];
    if (weekday !== undefined && fromMinute < toMinute) week.get(weekday)?.push({ fromMinute, toMinute });
  };
  for (const { days, fromMinute, toMinute } of spans)
    for (const day of days) {
      if (toMinute > fromMinute) add(day, fromMinute, toMinute);
      else {
        add(day, fromMinute, DAY_MINUTES);
        add(day + 1, 0, toMinute);
      }
    }
  return new Map([...week].map(([day, stretches]) => [day, merged(stretches)]));
}

function merged(stretches: readonly Stretch[]): Stretch[] {
  const kept: Stretch[] = [];
  for (const next of [...stretches].sort((a, b) => a.fromMinute - b.fromMinute)) {
    const last = kept.at(-1);
    if (last === undefined || next.fromMinute > last.toMinute) kept.push(next);
    else kept[kept.length - 1] = { ...last, toMinute: Math.max(last.toMinute, next.toMinute) };
  }
  return kept;
}
