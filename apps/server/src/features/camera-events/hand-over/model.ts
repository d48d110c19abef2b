import { AppError, type UnixMs } from "@gatehouse/base";
import { cameras } from "@gatehouse/contract";
import { LONGEST_EVENT_MS } from "@gatehouse/motion";
import { Check } from "typebox/value";

/** Unix seconds are smaller until the year 5138, milliseconds larger since 1973. */
const FIRST_MS = 1e11;
const ISO =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d{2}:?\d{2})?$/;
/** A detector's clock may be a little ahead of ours. */
const AHEAD_MS = 60_000;
const OLDEST_MS = 30 * 86_400_000;

/** What was said, with every name that means the same made one. */
export interface Sighting {
  readonly clip: string;
  /** By the detector's clock: by it the same is known again. */
  readonly saidMs: UnixMs;
  readonly startMs: UnixMs;
  readonly endMs: UnixMs;
  readonly kind: "person" | "object";
  readonly labels: readonly string[];
  readonly count: number;
  readonly score: number;
}

/** Refuses with `request.invalid` and the field what the schema lets through and cannot be. */
export function sightingOf(said: cameras.HandedOver, timeZone: string, nowMs: UnixMs): Sighting {
  const { address, clip = address, path, timestamp, url, video = url } = said;
  const where = clip ?? video ?? path;
  if (where === undefined) throw invalid("clip", "where is its recording?");
  const startMs = timeOf(timestamp, timeZone);
  if (startMs === undefined || startMs > nowMs + AHEAD_MS || startMs < nowMs - OLDEST_MS)
    throw invalid("timestamp", "not a time of the last 30 days");
  const lastedMs = Math.round((said.duration ?? said.durationSeconds ?? 0) * 1_000);
  const beganMs = Math.min(startMs, nowMs);
  return {
    clip: where,
    saidMs: startMs,
    startMs: beganMs,
    endMs: Math.max(beganMs, Math.min(beganMs + Math.min(lastedMs, LONGEST_EVENT_MS), nowMs)),
    ...countsOf(said.counts ?? said.count ?? said.people ?? 1),
    score: said.score ?? 0,
  };
}

/** Figures alone are of people. */
function countsOf(
  counts: NonNullable<cameras.HandedOver["counts"]>,
): Pick<Sighting, "kind" | "labels" | "count"> {
  if (typeof counts === "number") return { kind: "person", labels: ["person"], count: counts };
  if (Array.isArray(counts))
    return {
      kind: "person",
      labels: ["person"],
      count: counts.reduce((most, one) => Math.max(most, one), 0),
    };
  const found = Object.entries(counts).filter(([, count]) => count > 0);
  // A schema of a record says nothing of how long its names are.
  if (!found.every(([label]) => Check(cameras.ClassLabel, label)))
    throw invalid("counts", "a name of a class");
  const people = found.find(([label]) => label === "person");
  return {
    kind: people === undefined && found.length > 0 ? "object" : "person",
    labels: found.map(([label]) => label),
    count: people?.[1] ?? found.reduce((sum, [, count]) => sum + count, 0),
  };
}

function timeOf(timestamp: number | string, timeZone: string): UnixMs | undefined {
  if (typeof timestamp === "number") return Math.round(timestamp < FIRST_MS ? timestamp * 1_000 : timestamp);
  const found = ISO.exec(timestamp.trim());
  if (found === null) return undefined;
  const [, year, month, day, hour, minute, second = "0", fraction = "", zone] = found;
  const parts = [year, month, day, hour, minute, second].map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const [y, mo, d, h, mi, s] = parts;
  if (mo < 1 || mo > 12 || d < 1 || d > daysOf(y, mo) || h > 23 || mi > 59 || s > 59) return undefined;
  const wallMs = Date.UTC(y, mo - 1, d, h, mi, s) + Number(fraction.padEnd(3, "0").slice(0, 3));
  if (zone === undefined) return wallMs - offsetMs(timeZone, wallMs - offsetMs(timeZone, wallMs));
  if (zone === "Z") return wallMs;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(-2))];
  return wallMs - (zone.startsWith("-") ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

/** @param month 1 to 12 */
const daysOf = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate();

/** How far the zone's wall clock is ahead of UTC at this instant. */
function offsetMs(timeZone: string, atMs: UnixMs): number {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(atMs);
  const of = (name: string): number => Number(parts.find(({ type }) => type === name)?.value);
  const wall = Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second"));
  return wall - Math.floor(atMs / 1_000) * 1_000;
}

const invalid = (field: string, detail: string): AppError =>
  new AppError("request.invalid", { field, detail });
