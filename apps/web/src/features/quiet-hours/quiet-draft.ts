import type { alerts } from "@gatehouse/contract";

type QuietHours = alerts.QuietHours;

/** A span as it is typed in; times are `HH:MM`. */
export interface SpanDraft {
  readonly days: readonly number[];
  readonly from: string;
  readonly to: string;
}

/** Quiet hours while they are being written; what was typed stays when they are switched off. */
export interface QuietDraft {
  readonly on: boolean;
  readonly spans: readonly SpanDraft[];
  readonly passes: QuietHours["passes"];
  readonly rest: QuietHours["rest"];
  /** Empty: the organisation's. */
  readonly timeZone: string;
}

export const MAX_SPANS = 7;
export const NIGHT: SpanDraft = { days: [1, 2, 3, 4, 5, 6, 7], from: "22:00", to: "07:00" };

export function quietDraftOf(quiet: QuietHours | undefined): QuietDraft {
  if (quiet === undefined)
    return { on: false, spans: [NIGHT], passes: "critical", rest: "summary", timeZone: "" };
  const { passes, rest, spans, timeZone = "" } = quiet;
  return {
    on: true,
    spans: spans.map(({ days, fromMinute, toMinute }) => ({
      days,
      from: clockOf(fromMinute),
      to: clockOf(toMinute % 1440),
    })),
    passes,
    rest,
    timeZone,
  };
}

/** For the server; undefined while they are switched off. */
export function quietHoursOf({ on, spans, passes, rest, timeZone }: QuietDraft): QuietHours | undefined {
  if (!on) return undefined;
  return {
    spans: spans.map(({ days, from, to }) => ({
      days: [...days],
      fromMinute: minuteOf(from),
      toMinute: minuteOf(to),
    })),
    passes,
    rest,
    ...(timeZone === "" ? {} : { timeZone }),
  };
}

export type WrongSpan = "wrongDays" | "wrongTimes";

export function wrongSpan({ days, from, to }: SpanDraft): WrongSpan | undefined {
  if (days.length === 0) return "wrongDays";
  return minuteOf(from) < 0 || minuteOf(to) < 0 || from === to ? "wrongTimes" : undefined;
}

export const isQuietDraftRight = ({ on, spans }: QuietDraft): boolean =>
  !on || spans.every((span) => wrongSpan(span) === undefined);

function minuteOf(clock: string): number {
  const match = /^(\d{2}):(\d{2})$/.exec(clock);
  return match === null ? -1 : Number(match[1]) * 60 + Number(match[2]);
}

const clockOf = (minute: number): string =>
  [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, "0")).join(":");
