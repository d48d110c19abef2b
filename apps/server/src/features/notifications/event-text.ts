import type { alerts, Language } from "@gatehouse/contract";
import type { Messages } from "./messages.en.ts";

interface Reader {
  readonly messages: Messages;
  readonly language: Language;
  readonly timeZone: string;
  /** Free text as one line. */
  oneLine(text: string): string;
}

/** What was seen: "2 people at once, 87% sure". */
export function seenText(event: alerts.AlertEventFacts, { messages, language, oneLine }: Reader): string {
  const { seen } = messages;
  if (event.kind === "motion" || event.kind === "device") return seen[event.kind];
  const what =
    event.kind === "person" ? seen.people(Math.max(1, event.count)) : oneLine(event.labels.join(", "));
  return event.score === 0 ? what : seen.sure(what, percentText(event.score, language));
}

/** Lines of a message about something that happened before a camera. */
export function eventLines(alert: alerts.Alert, event: alerts.AlertEventFacts, reader: Reader): string[] {
  const { messages, oneLine } = reader;
  const lines = [
    messages.camera(oneLine(alert.deviceName), oneLine(alert.siteName)),
    messages.seen.line(seenText(event, reader)),
  ];
  if (event.zones.length > 0) lines.push(messages.zones(oneLine(event.zones.join(", "))));
  return lines;
}

/** Who, where and when in a few words, for a telephone. */
export function eventInShort(alert: alerts.Alert, event: alerts.AlertEventFacts, reader: Reader): string {
  const { language, oneLine, timeZone } = reader;
  const time = new Intl.DateTimeFormat(language, { timeStyle: "short", timeZone }).format(alert.raisedMs);
  const where = [alert.deviceName, alert.siteName].map(oneLine);
  return `${oneLine(alert.ruleName)}: ${[...where, time, seenText(event, reader)].join(", ")}.`;
}

const percentText = (ratio: number, language: Language): string =>
  new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 })
    .format(ratio)
    .replace("\u00a0", "\u202f");
