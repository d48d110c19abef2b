import { cameras } from "@gatehouse/contract";
import { instantOf } from "../../../design/time-range.ts";
import { dayView } from "../timeline/view.ts";

export const CLIP_KEYS = [
  "q",
  "camera",
  "kind",
  "class",
  "people",
  "zone",
  "verdict",
  "case",
  "from",
  "to",
  "weekday",
  "hour",
] as const;
export type ClipSearch = { readonly [Key in (typeof CLIP_KEYS)[number]]?: string };

const isVerdict = (text: string | undefined): boolean => cameras.VERDICT_FILTERS.some((one) => one === text);
const matches = (text: string | undefined, pattern: RegExp): boolean =>
  text !== undefined && pattern.test(text);

/**
 * The list's filter from what the address says; days are those of the zone, the last one included; an
 * hour of the week is that where the camera is, as activity is counted.
 */
export function clipFilter(search: ClipSearch, timeZone: string): Record<string, string> {
  const { q, camera, kind, people, zone, verdict, from, to, weekday, hour } = search;
  const fromMs = instantOf(`${from ?? ""}T00:00`, timeZone);
  const toMs = dayView(to ?? "", timeZone)?.toMs;
  const week = {
    ...(matches(weekday, /^[1-7]$/) ? { weekday } : {}),
    ...(matches(hour, /^([01]?\d|2[0-3])$/) ? { hour } : {}),
  };
  const texts: Record<string, string | undefined> = {
    ...{ q, camera, kinds: kind, classes: search.class, zone, case: search.case },
    minPeople: matches(people, /^\d{1,4}$/) ? people : undefined,
    verdict: isVerdict(verdict) ? verdict : undefined,
    ...week,
    fromMs: fromMs === undefined ? undefined : String(Math.max(0, fromMs)),
    toMs: toMs === undefined ? undefined : String(Math.max(0, toMs)),
  };
  return Object.fromEntries(
    Object.entries(texts).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== "",
    ),
  );
}
