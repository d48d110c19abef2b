import type { telemetry } from "@gatehouse/contract";
import { appendPoints } from "../../design/chart-data.ts";

/** What is drawn of one series. States are numbers here: off 0, on 1, a text its place in `words`. */
export interface Track {
  readonly t: readonly number[];
  readonly v: readonly (number | null)[];
  readonly low?: readonly number[];
  readonly high?: readonly number[];
  readonly words: readonly string[];
  readonly isState: boolean;
  readonly resolution: telemetry.Resolution;
  readonly conflicts: number;
  readonly truncated: boolean;
}

type Value = number | boolean | string;

export function trackOf(history: telemetry.History): Track {
  const { t, min, max, s, resolution, conflicts, truncated } = history;
  const words: string[] = [];
  const v = s === undefined ? history.v : s.map((state) => numberOf(state, words));
  const ranged = min !== undefined && max !== undefined && resolution !== "raw";
  return {
    t,
    v,
    ...(ranged ? { low: min, high: max } : {}),
    words,
    isState: s !== undefined,
    resolution,
    conflicts,
    truncated,
  };
}

/** A value as a height; a text not met before is added to `words`. */
export function numberOf(value: Value, words: string[]): number {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  const known = words.indexOf(value);
  return known === -1 ? words.push(value) - 1 : known;
}

/** The track with live readings at its end. A rollup takes none: it is read again instead. */
export function extendTrack(
  track: Track,
  readings: readonly (readonly [number, Value])[],
  fromMs: number,
): Track {
  if (track.resolution !== "raw" && !track.isState) return track;
  const words = [...track.words];
  const points = readings.map(([tMs, value]) => [tMs, numberOf(value, words)] as const);
  /** The state before the window still holds in it. */
  const keepMs = track.isState ? Number.NEGATIVE_INFINITY : fromMs;
  return { ...track, ...appendPoints(track, points, keepMs), words };
}

/** Points that reach both ends of the window: a gap for numbers; a state holds until the next one. */
export function fitTrack(track: Track, fromMs: number, toMs: number): Track {
  const t = [...track.t];
  const v = [...track.v];
  const low = track.low === undefined ? undefined : [...track.low];
  const high = track.high === undefined ? undefined : [...track.high];
  if (t[0] === undefined || t[0] > fromMs) {
    t.unshift(fromMs);
    v.unshift(null);
    low?.unshift(null as never);
    high?.unshift(null as never);
  }
  if ((t.at(-1) ?? 0) < toMs) {
    const held = track.isState ? (v.at(-1) ?? null) : null;
    t.push(toMs);
    v.push(held);
    low?.push(null as never);
    high?.push(null as never);
  }
  return { ...track, t, v, ...(low === undefined ? {} : { low }), ...(high === undefined ? {} : { high }) };
}
