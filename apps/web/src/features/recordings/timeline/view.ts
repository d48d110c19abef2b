import { instantOf, localText } from "../../../design/time-range.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export const SHORTEST_VIEW_MS = 5 * MINUTE_MS;
export const LONGEST_VIEW_MS = 31 * DAY_MS;
/** How much of a view may lie after now, so that the newest does not stick to the edge. */
const AHEAD_RATIO = 0.04;

/** The span that is on screen; time is linear in it. */
export interface View {
  readonly fromMs: number;
  readonly toMs: number;
}

export const spanOf = ({ fromMs, toMs }: View): number => toMs - fromMs;

/** Pixels from the left edge of a timeline that is `width` pixels wide; outside of it for what is not in view. */
export const xOf = (view: View, atMs: number, width: number): number =>
  ((atMs - view.fromMs) / spanOf(view)) * width;

export const timeAt = (view: View, x: number, width: number): number =>
  Math.round(view.fromMs + (x / Math.max(1, width)) * spanOf(view));

/** The nearest allowed view: neither too short nor too long, nor in the future. */
export function clampView(view: View, nowMs: number): View {
  const spanMs = Math.round(Math.min(LONGEST_VIEW_MS, Math.max(SHORTEST_VIEW_MS, spanOf(view))));
  const latestMs = Math.round(nowMs + spanMs * AHEAD_RATIO);
  const fromMs = Math.max(0, Math.min(Math.round(view.fromMs), latestMs - spanMs));
  return { fromMs, toMs: fromMs + spanMs };
}

/** `factor` below 1 shows less time, larger; what stands at `pivotMs` stays where it is. */
export function zoomView(view: View, factor: number, pivotMs: number, nowMs: number): View {
  const spanMs = Math.min(LONGEST_VIEW_MS, Math.max(SHORTEST_VIEW_MS, spanOf(view) * factor));
  const fromMs = pivotMs - ((pivotMs - view.fromMs) / spanOf(view)) * spanMs;
  return clampView({ fromMs, toMs: fromMs + spanMs }, nowMs);
}

export const panView = ({ fromMs, toMs }: View, byMs: number, nowMs: number): View =>
  clampView({ fromMs: fromMs + byMs, toMs: toMs + byMs }, nowMs);

export const viewEndingNow = (spanMs: number, nowMs: number): View =>
  clampView({ fromMs: nowMs + 2 * spanMs, toMs: nowMs + 3 * spanMs }, nowMs);

/** A view with this instant in it: the same, or one that begins a tenth before it. */
export function viewWith(view: View, atMs: number, nowMs: number): View {
  if (atMs >= view.fromMs && atMs <= view.toMs) return view;
  return panView(view, atMs - spanOf(view) / 10 - view.fromMs, nowMs);
}

/** `2026-11-19`, as a date field shows it, of an instant in a zone. */
export const dayText = (atMs: number, timeZone: string): string => localText(atMs, timeZone).slice(0, 10);

/** The whole day that a date field means; 23 or 25 hours where the clocks change. Undefined while incomplete. */
export function dayView(text: string, timeZone: string): View | undefined {
  const fromMs = instantOf(`${text}T00:00`, timeZone);
  if (fromMs === undefined) return undefined;
  const noonNextDayMs = fromMs + 36 * HOUR_MS;
  const toMs = instantOf(`${dayText(noonNextDayMs, timeZone)}T00:00`, timeZone);
  return toMs === undefined ? undefined : { fromMs, toMs };
}

const STEPS_MS = [
  ...[30, 60, 120, 300, 600, 900, 1_800].map((seconds) => seconds * SECOND_MS),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR_MS),
  ...[1, 2, 7, 14].map((days) => days * DAY_MS),
];

export interface Tick {
  readonly atMs: number;
  /** A day begins here. */
  readonly isDay: boolean;
}

/** Round times of the zone's clock, at least `apartPx` from each other. */
export function ticksOf(view: View, width: number, timeZone: string, apartPx = 90): Tick[] {
  const leastMs = (spanOf(view) / Math.max(1, width)) * apartPx;
  const stepMs = STEPS_MS.find((step) => step >= leastMs) ?? 14 * DAY_MS;
  const ticks: Tick[] = [];
  // Each step is asked for by the clock on the wall, so that it is round there, whatever the zone's offset.
  for (let atMs = firstTick(view.fromMs, stepMs, timeZone); atMs <= view.toMs; ) {
    const clock = localText(atMs, timeZone);
    if (atMs >= view.fromMs) ticks.push({ atMs, isDay: clock.endsWith("T00:00") && atMs % MINUTE_MS === 0 });
    const next = stepMs < HOUR_MS ? atMs + stepMs : roundAfter(atMs, stepMs, timeZone);
    if (next <= atMs) break;
    atMs = next;
  }
  return ticks;
}

function firstTick(fromMs: number, stepMs: number, timeZone: string): number {
  // Offsets of zones are multiples of a quarter of an hour; shorter steps are round in each.
  if (stepMs <= 15 * MINUTE_MS) return Math.ceil(fromMs / stepMs) * stepMs;
  const midnightMs = instantOf(`${dayText(fromMs, timeZone)}T00:00`, timeZone) ?? fromMs;
  if (stepMs >= DAY_MS) return firstDay(midnightMs, stepMs / DAY_MS, timeZone);
  let atMs = midnightMs;
  while (atMs < fromMs) {
    const next = stepMs < HOUR_MS ? atMs + stepMs : roundAfter(atMs, stepMs, timeZone);
    if (next <= atMs) break;
    atMs = next;
  }
  return atMs;
}

/** Midnight of the day before or at `midnightMs` that every view begins to count from: Mondays in weeks. */
function firstDay(midnightMs: number, days: number, timeZone: string): number {
  const dayNumber = Date.parse(`${dayText(midnightMs, timeZone)}T00:00Z`) / DAY_MS + 3;
  const wallMs = (dayNumber - 3 - (dayNumber % days)) * DAY_MS;
  return instantOf(localText(wallMs, "UTC"), timeZone) ?? midnightMs;
}

/** The next time of the zone's clock that is a whole number of steps after its midnight. */
function roundAfter(atMs: number, stepMs: number, timeZone: string): number {
  const [day = "", time = ""] = localText(atMs, timeZone).split("T");
  const [hour = 0] = time.split(":").map(Number);
  const stepHours = stepMs / HOUR_MS;
  const nextHour = (Math.floor(hour / stepHours) + 1) * stepHours;
  const wall = Date.parse(`${day}T00:00Z`) + nextHour * HOUR_MS;
  const text = localText(wall, "UTC");
  return instantOf(text, timeZone) ?? atMs + stepMs;
}

const BUCKETS_MS = [
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND_MS),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 6].map((hours) => hours * HOUR_MS),
];
/** As many pixels as a bar of density takes at least. */
const BUCKET_PX = 4;
export const MAX_BUCKETS = 2_000;

/** Equal buckets over what is in view. Their edges are multiples of their length: panning moves bars, never cuts them anew. */
export interface Buckets {
  readonly fromMs: number;
  readonly toMs: number;
  readonly count: number;
  readonly bucketMs: number;
}

export function bucketsOf(view: View, width: number): Buckets {
  const leastMs = Math.max((spanOf(view) / Math.max(1, width)) * BUCKET_PX, spanOf(view) / (MAX_BUCKETS - 2));
  const bucketMs = BUCKETS_MS.find((length) => length >= leastMs) ?? 12 * HOUR_MS;
  const fromMs = Math.floor(view.fromMs / bucketMs) * bucketMs;
  const toMs = Math.ceil(view.toMs / bucketMs) * bucketMs;
  return { fromMs, toMs, bucketMs, count: (toMs - fromMs) / bucketMs };
}
