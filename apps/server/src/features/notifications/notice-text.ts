import type { UnixMs, Uuid } from "@gatehouse/base";
import type { alerts, Language } from "@gatehouse/contract";
import { en, type Messages } from "./messages.en.ts";
import { fr } from "./messages.fr.ts";
import type { Announcement, Notice } from "./ports.ts";

/** A message in words, before a medium gives it its form. Everything is one line without control characters. */
export interface NoticeText {
  readonly severity: alerts.Severity;
  readonly severityText: string;
  readonly subject: string;
  readonly lines: readonly string[];
  readonly link: string;
  readonly organisation: string;
  /** For machines: webhooks and MQTT. */
  readonly event: "alert.raised" | "alert.repeated" | "alert.resolved" | Announcement["event"] | "test";
  readonly alert?: alerts.Alert;
}

export interface Place {
  readonly organisation: string;
  readonly language: Language;
  readonly timeZone: string;
  readonly publicUrl: string;
}

export const messagesIn = (language: Language): Messages => (language === "fr" ? fr : en);

export function noticeText({ kind, alert }: Pick<Notice, "kind" | "alert">, place: Place): NoticeText {
  const messages = messagesIn(place.language);
  const device = oneLine(alert.deviceName);
  const lines = [messages.where(device, oneLine(alert.siteName))];
  if (alert.metric !== undefined && alert.value !== undefined)
    lines.push(messages.value(alert.metric, valueText(alert.value, alert.unit, place)));
  lines.push(conditionText(alert, place), messages.raised(timeText(alert.raisedMs, place)));
  if (alert.resolvedMs !== undefined) lines.push(messages.resolved(timeText(alert.resolvedMs, place)));
  if (alert.note !== undefined && alert.note !== "") lines.push(oneLine(alert.note));
  return {
    severity: alert.severity,
    severityText: messages.severity[alert.severity],
    subject: messages.subject[kind](oneLine(alert.ruleName), device),
    lines,
    link: `${place.publicUrl}/alerts/${alert.id}`,
    organisation: oneLine(place.organisation),
    event: `alert.${kind}`,
    alert,
  };
}

const PAGES: Record<Announcement["event"], string> = {
  "witness.refused": "/audit/witnesses",
  "witness.silent": "/audit/witnesses",
  "witness.well": "/audit/witnesses",
  "login.attacked": "/audit",
};

/** Whether it tells of the end of something. */
export const isEnd = (notice: Notice | Announcement): boolean =>
  notice.kind === "announced" ? notice.event === "witness.well" : notice.kind === "resolved";

/** The end of something is as severe as what it ends, and goes where its beginning went. */
export const severityOf = (notice: Notice | Announcement): alerts.Severity =>
  notice.kind === "announced" ? notice.severity : notice.alert.severity;

export function announcementText({ event, severity, name, sinceMs }: Announcement, place: Place): NoticeText {
  const messages = messagesIn(place.language);
  const { subject, line } = messages.announced[event];
  const shown = oneLine(name);
  return {
    severity,
    severityText: messages.severity[severity],
    subject: subject(shown),
    lines: [line, messages.raised(timeText(sinceMs, place))],
    link: `${place.publicUrl}${PAGES[event]}`,
    organisation: oneLine(place.organisation),
    event,
  };
}

export function testText(channelName: string, channelId: Uuid, place: Place): NoticeText {
  const messages = messagesIn(place.language);
  return {
    severity: "info",
    severityText: messages.severity.info,
    subject: messages.test.subject,
    lines: [messages.test.line(oneLine(channelName))],
    link: `${place.publicUrl}/settings/channels/${channelId}`,
    organisation: oneLine(place.organisation),
    event: "test",
  };
}

function conditionText({ condition, metric, unit }: alerts.Alert, place: Place): string {
  const { condition: texts } = messagesIn(place.language);
  const number = (value: number) => valueText(value, unit, place);
  switch (condition.kind) {
    case "threshold":
      if (condition.op !== "outside") return texts[condition.op](number(condition.limit));
      return texts.outside(number(condition.limit), number(condition.upper ?? condition.limit));
    case "rate":
      return texts[condition.op](number(condition.perMinute));
    case "silence":
      return texts.silence(durationText(condition.forMs, place.language));
    case "state":
      return texts.state(metric ?? condition.metric, valueText(condition.equals, undefined, place));
  }
}

function valueText(value: number | boolean | string, unit: string | undefined, place: Place): string {
  if (typeof value === "boolean") return messagesIn(place.language).truth[`${value}`];
  if (typeof value === "string") return oneLine(value);
  const number = new Intl.NumberFormat(place.language, { maximumSignificantDigits: 6 }).format(value);
  return unit === undefined ? number : `${number} ${unit}`;
}

const UNITS = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
] as const;

/** In the largest unit that leaves nothing over. */
function durationText(ms: number, language: Language): string {
  const [unit, unitMs] = UNITS.find(([, length]) => ms >= length && ms % length === 0) ?? UNITS[3];
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }).format(ms / unitMs);
}

const timeText = (atMs: UnixMs, { language, timeZone }: Place): string =>
  new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short", timeZone }).format(atMs);

/** Free text that cannot break out of its line: no control characters, no line or paragraph separators. */
export const oneLine = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ")
    .trim();
