import type { alerts } from "@gatehouse/contract";
import type { useTranslations } from "use-intl";
import type { Format } from "../../i18n/format.ts";

type Translate = ReturnType<typeof useTranslations<"alerts.condition">>;

export interface Words {
  readonly t: Translate;
  readonly format: Pick<Format, "quantity" | "number" | "percent">;
  /** Name and unit of a metric in the person's language. */
  readonly metric: (key: string) => { readonly name: string; readonly unit: string };
}

/** What a rule waits for, as a clause: "Temperature above 61.5 °C". */
export function conditionText(condition: alerts.RuleCondition, words: Words, unit?: string): string {
  const { t } = words;
  if (condition.kind === "silence") return t("silence", { time: spanText(condition.forMs, words) });
  if (condition.kind === "event") return eventText(condition, t);
  const known = words.metric(condition.metric);
  const metric = known.name;
  const quantity = (value: number) => words.format.quantity(value, unit ?? known.unit, digitsOf(value));
  if (condition.kind === "state") return t("state", { metric, value: stateText(condition.equals, t) });
  if (condition.kind === "rate") {
    const change = { metric, rate: quantity(condition.perMinute), time: spanText(condition.windowMs, words) };
    return t(condition.op, change);
  }
  if (condition.op === "outside")
    return t("outside", {
      metric,
      low: quantity(condition.limit),
      high: quantity(condition.upper ?? condition.limit),
    });
  return t(condition.op, { metric, limit: quantity(condition.limit) });
}

/** "Seen: a person, 2 or more, zone Door". */
function eventText(
  { classes, events, minPeople, zone }: Extract<alerts.RuleCondition, { kind: "event" }>,
  t: Translate,
): string {
  const parts = [
    events.map((kind) => t(`eventKind.${kind}`)).join(" / "),
    ...(minPeople === undefined ? [] : [t("eventPeople", { count: String(minPeople) })]),
    ...(classes === undefined ? [] : [classes.join(" / ")]),
    ...(zone === undefined ? [] : [t("eventZone", { zone })]),
  ];
  return t("event", { what: parts.join(", ") });
}

/** What an alert saw before a camera: "2 people, 87% sure". */
export function seenText(
  { count, kind, labels, score }: alerts.AlertEventFacts,
  { t, format }: Pick<Words, "t" | "format">,
): string {
  if (kind === "motion" || kind === "device") return t(`eventKind.${kind}`);
  const what = kind === "person" ? t("people", { count: Math.max(1, count) }) : labels.join(", ");
  return score === 0 ? what : t("sure", { what, ratio: format.percent(score, 0) });
}

/** A value as it is spoken of: with its unit, or as a word. */
export function valueText(
  value: number | boolean | string | undefined,
  unit: string,
  words: Pick<Words, "t" | "format">,
): string {
  if (value === undefined) return "–";
  return typeof value === "number"
    ? words.format.quantity(value, unit, digitsOf(value))
    : stateText(value, words.t);
}

const stateText = (value: boolean | string, t: Translate): string =>
  typeof value === "string" ? value : t(value ? "yes" : "no");

/** As many decimals as the number has, three at most. */
function digitsOf(value: number): number {
  for (let digits = 0; digits < 3; digits++) if (Number(value.toFixed(digits)) === value) return digits;
  return Math.abs(value) >= 1 ? 1 : 3;
}

const UNITS = [
  ["days", 86_400_000],
  ["hours", 3_600_000],
  ["minutes", 60_000],
] as const;

/** A length of time exactly, in the largest unit that leaves no rest: 90 s stays "90 s". */
export function spanText(spanMs: number, { t, format }: Pick<Words, "t" | "format">): string {
  for (const [name, unitMs] of UNITS)
    if (spanMs >= unitMs && spanMs % unitMs === 0) return t(name, { count: format.number(spanMs / unitMs) });
  return t("seconds", { count: format.number(spanMs / 1_000) });
}
