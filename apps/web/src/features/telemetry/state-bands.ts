import type { Track } from "./tracks.ts";

/** A stretch of time in one state, as shares 0..1 of the window. */
export interface Band {
  readonly from: number;
  readonly to: number;
  /** As in the track: off 0, on 1, a text its place in `words`; undefined where many short states follow each other. */
  readonly value: number | undefined;
}

/** Narrower than this share of the window nobody can tell bands apart. */
const SHORTEST = 0.002;

/** A state's track as bands over a window. Before its first known value there is none. */
export function bandsOf(track: Track, fromMs: number, toMs: number): Band[] {
  const share = (tMs: number) => Math.min(1, Math.max(0, (tMs - fromMs) / (toMs - fromMs)));
  const bands: Band[] = [];
  track.t.forEach((tMs, n) => {
    const value = track.v[n];
    const next = { from: share(tMs), to: share(track.t[n + 1] ?? toMs) };
    if (value === null || value === undefined || next.to <= next.from) return;
    const last = bands.at(-1);
    const touches = last !== undefined && last.to === next.from;
    if (touches && last.value === value) bands[bands.length - 1] = { ...last, to: next.to };
    else if (touches && isShort(next) && (last.value === undefined || isShort(last)))
      bands[bands.length - 1] = { from: last.from, to: next.to, value: undefined };
    else bands.push({ ...next, value });
  });
  return bands;
}

const isShort = ({ from, to }: { readonly from: number; readonly to: number }): boolean =>
  to - from < SHORTEST;
