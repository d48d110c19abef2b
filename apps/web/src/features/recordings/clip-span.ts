import { instantOf, localText } from "../../design/time-range.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const MINUTE_TEXT = "2026-11-19T14:02".length;

/** What a `datetime-local` field with seconds shows for an instant in a zone: `2026-11-19T14:02:07`. */
export function secondText(atMs: number, timeZone: string): string {
  const seconds = Math.floor((atMs % MINUTE_MS) / SECOND_MS);
  return `${localText(atMs, timeZone)}:${String(seconds).padStart(2, "0")}`;
}

/** The instant that such a field means in a zone; undefined while it is not complete. */
export function instantOfSecond(text: string, timeZone: string): number | undefined {
  const minuteMs = instantOf(text.slice(0, MINUTE_TEXT), timeZone);
  const seconds = Number(text.slice(MINUTE_TEXT + 1, MINUTE_TEXT + 3));
  return minuteMs === undefined ? undefined : minuteMs + seconds * SECOND_MS;
}
