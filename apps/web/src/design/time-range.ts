const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** The last so many milliseconds, moving with the clock, or a span that stands still. */
export type TimeRange = { readonly lastMs: number } | { readonly fromMs: number; readonly toMs: number };

export const PRESETS = [
  { key: "m5", lastMs: 5 * MINUTE_MS },
  { key: "h1", lastMs: HOUR_MS },
  { key: "h6", lastMs: 6 * HOUR_MS },
  { key: "h24", lastMs: DAY_MS },
  { key: "d7", lastMs: 7 * DAY_MS },
  { key: "d30", lastMs: 30 * DAY_MS },
  { key: "y1", lastMs: 365 * DAY_MS },
] as const;

export const DEFAULT_RANGE: TimeRange = { lastMs: HOUR_MS };
const SHORTEST_MS = MINUTE_MS;
const LONGEST_MS = 366 * DAY_MS;

/** `3600000` or `1763500000000-1763503600000`; anything else is the default. */
export function parseRange(text: string | undefined): TimeRange {
  const [first, second, ...rest] = (text ?? "").split("-").map(Number);
  if (rest.length > 0 || first === undefined || !Number.isInteger(first)) return DEFAULT_RANGE;
  if (second === undefined) return isSpan(first) ? { lastMs: first } : DEFAULT_RANGE;
  const valid = Number.isInteger(second) && isSpan(second - first) && first >= 0;
  return valid ? { fromMs: first, toMs: second } : DEFAULT_RANGE;
}

export const rangeText = (range: TimeRange): string =>
  "lastMs" in range ? String(range.lastMs) : `${range.fromMs}-${range.toMs}`;

export const isSpan = (spanMs: number): boolean => spanMs >= SHORTEST_MS && spanMs <= LONGEST_MS;

export const spanOf = (range: TimeRange): number =>
  "lastMs" in range ? range.lastMs : range.toMs - range.fromMs;

export function windowOf(range: TimeRange, nowMs: number): { fromMs: number; toMs: number } {
  return "lastMs" in range ? { fromMs: nowMs - range.lastMs, toMs: nowMs } : range;
}

/** How often rollups, which no live reading extends, are read again. */
export const renewEveryMs = (range: TimeRange): number =>
  Math.min(5 * MINUTE_MS, Math.max(30_000, spanOf(range) / 500));

/** What a `datetime-local` field shows for an instant in a zone: `2026-11-19T14:02`. */
export function localText(atMs: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" });
  return parts.format(atMs).replace(" ", "T");
}

/** The instant a `datetime-local` field means in a zone; undefined while it is not complete. */
export function instantOf(text: string, timeZone: string): number | undefined {
  const asUtcMs = Date.parse(`${text}Z`);
  if (Number.isNaN(asUtcMs)) return undefined;
  const offsetAt = (atMs: number) => Date.parse(`${localText(atMs, timeZone)}Z`) - atMs;
  /** The offset is that of the instant looked for: twice settles it on both sides of a change of the clocks. */
  return asUtcMs - offsetAt(asUtcMs - offsetAt(asUtcMs));
}
