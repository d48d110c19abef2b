import type { Locale } from "./locale.ts";

/**
 * Numbers and times as people of each language write them. Times are always in the site's zone; UTC is for
 * exports. English dates are day first; numbers and money are Canadian in both languages.
 */
export interface Format {
  /** `1,906` · `1 906`; at most `digits` decimals (3 unless told). */
  number(value: number, digits?: number): string;
  /** A measured value with exactly `digits` decimals and its unit: `61.4 °C` · `61,4 °C`. */
  quantity(value: number, unit: string, digits?: number): string;
  /** 0.016 → `1.6%` · `1,6 %`. */
  percent(ratio: number, digits?: number): string;
  /** Bytes in decimal multiples: `141 kB` · `141 ko`. */
  bytes(bytes: number): string;
  /** `19 Nov 2026, 14:02:37` · `19 nov. 2026, 14 h 02 min 37 s`. */
  dateTime(atMs: number): string;
  /** Without seconds: `19 Nov 2026, 14:02` · `19 nov. 2026, 14 h 02`. */
  dateMinute(atMs: number): string;
  /** `19 Nov 2026` · `19 nov. 2026`. */
  date(atMs: number): string;
  /** `19 Nov` · `19 nov.`: where the year is plain. */
  dayMonth(atMs: number): string;
  /** `Thursday, 19 November 2026` · `jeudi 19 novembre 2026`. */
  longDate(atMs: number): string;
  /** `14:02:37` in both languages: axes, logs, lists. */
  clock(atMs: number): string;
  /** `14:02:37.004`. */
  clockMs(atMs: number): string;
  /** `14:02`. */
  clockMinute(atMs: number): string;
  /** Under one hour `2 min ago`, then `dateMinute`. */
  since(atMs: number, nowMs: number): string;
  /** `42 s`, `26 min`, `2 h`, `3 d` · `3 j`: the largest unit only. */
  duration(durationMs: number): string;
  /** `GMT−5` · `HNE` where times are those of another zone than the page's; else empty. */
  zone(atMs: number): string;
  readonly timeZone: string;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const HOUR_MINUTE = { hour: "2-digit", minute: "2-digit" } as const;
const DAY = { day: "numeric", month: "short", year: "numeric" } as const;

const NUMBERS = { en: "en-CA", fr: "fr-CA" } as const;
const DATES = { en: "en-GB", fr: "fr-CA" } as const;

/** Intl's formatters are slow to make and pure: one for each set of options. */
function memo<T>(make: (key: string) => T): (key: string) => T {
  const made = new Map<string, T>();
  return (key) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    const fresh = make(key);
    made.set(key, fresh);
    return fresh;
  };
}

const BYTE_UNITS = { en: ["B", "kB", "MB", "GB", "TB"], fr: ["o", "ko", "Mo", "Go", "To"] } as const;
const DAY_SYMBOL = { en: "d", fr: "j" } as const;

/** `isNamed`: whole dates with a time say their zone. */
export function createFormat(locale: Locale, timeZone: string, isNamed = false): Format {
  const numbers = memo(
    (key) => new Intl.NumberFormat(NUMBERS[locale], JSON.parse(key) as Intl.NumberFormatOptions),
  );
  const number = (options: Intl.NumberFormatOptions) => numbers(JSON.stringify(options));
  const dates = memo(
    (key) =>
      new Intl.DateTimeFormat(DATES[locale], {
        timeZone,
        hourCycle: "h23",
        ...(JSON.parse(key) as Intl.DateTimeFormatOptions),
      }),
  );
  const date = (options: Intl.DateTimeFormatOptions) => dates(JSON.stringify(options));
  const clockFace = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat("en-GB", { timeZone, hourCycle: "h23", ...HOUR_MINUTE, ...options });
  const clock = clockFace({ second: "2-digit" });
  const clockMs = clockFace({ second: "2-digit", fractionalSecondDigits: 3 });
  const clockMinute = clockFace({});
  const named = isNamed ? ({ timeZoneName: "short" } as const) : {};
  const relative = new Intl.RelativeTimeFormat(DATES[locale], { style: "short", numeric: "auto" });
  const format: Format = {
    timeZone,
    number: (value, digits = 3) => number({ maximumFractionDigits: digits }).format(value),
    quantity: (value, unitText, digits = 1) => {
      const text = number({ minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
      if (unitText === "") return text;
      if (unitText === "%") return locale === "fr" ? `${text}\u202f%` : `${text}%`;
      return `${text}\u00a0${unitText}`;
    },
    percent: (ratio, digits = 1) =>
      number({ style: "percent", maximumFractionDigits: digits }).format(ratio).replace("\u00a0%", "\u202f%"),
    bytes: (bytes) => {
      const power = Math.min(4, Math.floor(Math.log10(Math.max(1, Math.abs(bytes))) / 3));
      const value = bytes / 1_000 ** power;
      const digits = power === 0 || value >= 100 ? 0 : 1;
      return `${format.number(value, digits)}\u00a0${BYTE_UNITS[locale][power]}`;
    },
    dateTime: (atMs) => withMinus(date({ ...DAY, ...HOUR_MINUTE, second: "2-digit", ...named }).format(atMs)),
    dateMinute: (atMs) => withMinus(date({ ...DAY, ...HOUR_MINUTE, ...named }).format(atMs)),
    date: (atMs) => date(DAY).format(atMs),
    dayMonth: (atMs) => date({ day: "numeric", month: "short" }).format(atMs),
    longDate: (atMs) =>
      date({ weekday: "long", day: "numeric", month: "long", year: "numeric" }).format(atMs),
    clock: (atMs) => clock.format(atMs),
    clockMs: (atMs) => clockMs.format(atMs),
    clockMinute: (atMs) => clockMinute.format(atMs),
    zone: (atMs) =>
      withMinus(
        date({ ...HOUR_MINUTE, ...named })
          .formatToParts(atMs)
          .find(({ type }) => type === "timeZoneName")?.value ?? "",
      ),
    since: (atMs, nowMs) => {
      const ageMs = Math.max(0, nowMs - atMs);
      if (ageMs >= HOUR_MS) return format.dateMinute(atMs);
      if (ageMs >= MINUTE_MS) return relative.format(-Math.floor(ageMs / MINUTE_MS), "minute");
      return relative.format(-Math.floor(ageMs / SECOND_MS), "second");
    },
    duration: (durationMs) => {
      const whole = (unitMs: number, symbol: string) =>
        `${format.number(Math.floor(durationMs / unitMs))}\u00a0${symbol}`;
      if (durationMs >= 2 * DAY_MS) return whole(DAY_MS, DAY_SYMBOL[locale]);
      if (durationMs >= HOUR_MS) return whole(HOUR_MS, "h");
      if (durationMs >= MINUTE_MS) return whole(MINUTE_MS, "min");
      return whole(SECOND_MS, "s");
    },
  };
  return format;
}

/** A line may break after the hyphen of `GMT-5`, and not after a minus. */
const withMinus = (text: string): string => text.replace(/\b(GMT|UTC)-(?=\d)/, "$1\u2212");
