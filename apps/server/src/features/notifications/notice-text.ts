import type { UnixMs, Uuid } from "@gatehouse/base";
import type { alerts, Language } from "@gatehouse/contract";
import { eventInShort, eventLines } from "./event-text.ts";
import { en, type Messages } from "./messages.en.ts";
import { fr } from "./messages.fr.ts";
import { morningText } from "./morning-text.ts";
import type { Announcement, Notice, Summary, Told } from "./ports.ts";

/** A message in words, before a medium gives it its form. Everything is one line without control characters. */
export interface NoticeText {
  readonly severity: alerts.Severity;
  readonly severityText: string;
  readonly subject: string;
  readonly lines: readonly string[];
  /** Instead of subject and lines where there is little room; with the link. */
  readonly short?: string;
  readonly link: string;
  readonly organisation: string;
  readonly language: Language;
  /** For machines: webhooks and MQTT. */
  readonly event: `alert.${Notice["kind"]}` | Announcement["event"] | "summary" | "test";
  readonly alert?: alerts.Alert;
}

export interface Place {
  readonly organisation: string;
  readonly language: Language;
  readonly timeZone: string;
  readonly publicUrl: string;
  /** What leads to an event of a camera after logging in. */
  eventUrl(this: void, eventId: Uuid): string;
}

export const messagesIn = (language: Language): Messages => (language === "fr" ? fr : en);

export function noticeText({ kind, alert }: Pick<Notice, "kind" | "alert">, place: Place): NoticeText {
  const messages = messagesIn(place.language);
  const device = oneLine(alert.deviceName);
  const { event } = alert;
  const reader = { messages, language: place.language, timeZone: place.timeZone, oneLine };
  const lines = event === undefined ? measuredLines(alert, place) : eventLines(alert, event, reader);
  lines.push(messages.raised(timeText(alert.raisedMs, place)));
  if (alert.resolvedMs !== undefined) lines.push(messages.resolved(timeText(alert.resolvedMs, place)));
  if (alert.note !== undefined && alert.note !== "") lines.push(oneLine(alert.note));
  return {
    severity: alert.severity,
    severityText: messages.severity[alert.severity],
    subject: messages.subject[kind](oneLine(alert.ruleName), device),
    lines,
    link: event === undefined ? `${place.publicUrl}/alerts/${alert.id}` : place.eventUrl(event.id),
    ...(event === undefined ? {} : { short: eventInShort(alert, event, reader) }),
    organisation: oneLine(place.organisation),
    language: place.language,
    event: `alert.${kind}`,
    alert,
  };
}

function measuredLines(alert: alerts.Alert, place: Place): string[] {
  const messages = messagesIn(place.language);
  const lines = [messages.where(oneLine(alert.deviceName), oneLine(alert.siteName))];
  if (alert.metric !== undefined && alert.value !== undefined)
    lines.push(messages.value(alert.metric, valueText(alert.value, alert.unit, place)));
  const condition = conditionText(alert, place);
  return condition === undefined ? lines : [...lines, condition];
}

const PAGES: Record<Announcement["event"], string> = {
  "witness.refused": "/audit/witnesses",
  "witness.silent": "/audit/witnesses",
  "witness.well": "/audit/witnesses",
  "login.attacked": "/audit",
};

/** Whether it tells of the end of something. */
export const isEnd = (told: Told): boolean =>
  told.kind === "announced" ? told.event === "witness.well" : told.kind === "resolved";

/** The end of something is as severe as what it ends, and goes where its beginning went. */
export const severityOf = (told: Told): alerts.Severity =>
  "alert" in told ? told.alert.severity : told.severity;

export function textOf(told: Told, place: Place): NoticeText {
  if (told.kind === "announced") return announcementText(told, place);
  if (told.kind === "morning")
    return morningText(told, place, { messages: messagesIn(place.language), oneLine });
  return told.kind === "summed" ? summaryText(told, place) : noticeText(told, place);
}

function summaryText({ notices, count, severity }: Summary, place: Place): NoticeText {
  const messages = messagesIn(place.language);
  const lines = notices.map((notice) => {
    const sinceMs = notice.kind === "announced" ? notice.sinceMs : notice.alert.raisedMs;
    return `${timeText(sinceMs, place)} ${textOf(notice, place).subject}`;
  });
  return {
    severity,
    severityText: messages.severity[severity],
    subject: messages.summary.subject(count),
    lines: count > lines.length ? [...lines, messages.summary.more(count - lines.length)] : lines,
    link: `${place.publicUrl}/alerts`,
    organisation: oneLine(place.organisation),
    language: place.language,
    event: "summary",
  };
}

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
    language: place.language,
    event,
  };
}

export function testText(channelName: string, place: Place): NoticeText {
  const messages = messagesIn(place.language);
  return {
    severity: "info",
    severityText: messages.severity.info,
    subject: messages.test.subject,
    lines: [messages.test.line(oneLine(channelName))],
    link: `${place.publicUrl}/settings/notifications`,
    organisation: oneLine(place.organisation),
    language: place.language,
    event: "test",
  };
}

function conditionText({ condition, metric, unit }: alerts.Alert, place: Place): string | undefined {
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
    case "event":
      return undefined;
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
