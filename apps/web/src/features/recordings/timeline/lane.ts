import type { cameras } from "@gatehouse/contract";
import { localText } from "../../../design/time-range.ts";
import { coverOf, WEEKDAYS } from "../../cameras/schedule.ts";
import type { Buckets, View } from "./view.ts";

const BAR_WIDTH = 0.84;
const LEAST_BAR = 0.05;

/**
 * Bars of density as one SVG path; a bucket is 1 wide and the strongest 1 high, upwards from 0 to −1. Each recorded
 * bucket has at least a trace of a bar.
 */
export function densityPath(density: string): string {
  let path = "";
  for (let at = 0; at < density.length; at++) {
    const strength = density.charCodeAt(at) - 48;
    if (strength < 0 || strength > 9) continue;
    const height = Math.max(LEAST_BAR, strength / 9).toFixed(3);
    path += `M${at} 0h${BAR_WIDTH}v-${height}h-${BAR_WIDTH}z`;
  }
  return path;
}

/** Where an instant stands in buckets, a fraction included. */
export const bucketAt = ({ fromMs, bucketMs }: Buckets, atMs: number): number => (atMs - fromMs) / bucketMs;

export interface Gap {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Where nothing is recorded in view, up to `untilMs`. `recorded` is in order. */
export function gapsOf(recorded: cameras.Lane["recorded"], view: View, untilMs: number): Gap[] {
  const gaps: Gap[] = [];
  const endMs = Math.min(view.toMs, untilMs);
  let fromMs = view.fromMs;
  for (const [startMs, stopMs] of recorded) {
    if (startMs > fromMs && fromMs < endMs) gaps.push({ fromMs, toMs: Math.min(startMs, endMs) });
    fromMs = Math.max(fromMs, stopMs);
  }
  if (fromMs < endMs) gaps.push({ fromMs, toMs: endMs });
  return gaps;
}

export type GapReason = "schedule" | "off" | "events" | "nothing";

/** Why nothing is recorded there, as far as today's settings tell. */
export function reasonOf(
  { fromMs, toMs }: Gap,
  { mode, schedule }: cameras.CameraSettings["recording"],
  timeZone: string,
): GapReason {
  if (mode === "off" || mode === "events") return mode;
  if (mode !== "schedule") return "nothing";
  return isScheduled(schedule, (fromMs + toMs) / 2, timeZone) ? "nothing" : "schedule";
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** Whether a weekly schedule covers an instant, by the clock of the zone. */
export function isScheduled(spans: readonly cameras.ScheduleSpan[], atMs: number, timeZone: string): boolean {
  const wallMs = Date.parse(`${localText(atMs, timeZone)}Z`);
  const dayNumber = Math.floor(wallMs / DAY_MS);
  const minute = (wallMs - dayNumber * DAY_MS) / MINUTE_MS;
  // 1970-01-01 was a Thursday.
  const weekday = WEEKDAYS[(dayNumber + 3) % 7];
  const cover = weekday === undefined ? undefined : coverOf(spans).get(weekday);
  return cover?.some(({ fromMinute, toMinute }) => minute >= fromMinute && minute < toMinute) === true;
}
