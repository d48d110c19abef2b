import type { Messages } from "./messages.en.ts";
import type { NoticeText, Place } from "./notice-text.ts";
import type { Morning } from "./ports.ts";

/** Yesterday before the cameras: a line for each site, and one for its cameras that were silent. */
export function morningText(
  { day, sites, severity }: Morning,
  place: Place,
  { messages, oneLine }: { readonly messages: Messages; readonly oneLine: (text: string) => string },
): NoticeText {
  const { morning } = messages;
  const date = new Intl.DateTimeFormat(place.language, { dateStyle: "full", timeZone: "UTC" });
  const lines = sites.flatMap((site) => {
    const silent = site.silent.map(oneLine).join(", ");
    const figures = morning.site(oneLine(site.name), site);
    return silent === "" ? [figures] : [figures, morning.silent(silent)];
  });
  return {
    severity,
    severityText: messages.severity[severity],
    subject: morning.subject(date.format(new Date(`${day}T00:00Z`))),
    lines: lines.length === 0 ? [morning.nothing] : lines,
    link: `${place.publicUrl}/cameras/summary?day=${day}`,
    organisation: oneLine(place.organisation),
    language: place.language,
    event: "summary",
  };
}
