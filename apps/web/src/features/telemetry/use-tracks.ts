import { systemClock } from "@gatehouse/base";
import { telemetry } from "@gatehouse/contract";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { liveHub, useLive } from "../../data/live.ts";
import type { LiveValue } from "../../data/live-values.ts";
import { call } from "../../data/query.ts";
import { rangeText, renewEveryMs, type TimeRange, windowOf } from "../../design/time-range.ts";
import { deviceOf, inCalls } from "./chart-plan.ts";
import { extendTrack, type Track, trackOf } from "./tracks.ts";

/** Frames come up to 20 times a second; a page of charts is drawn 4 times a second. */
const DRAW_EVERY_MS = 250;
const MAX_POINTS = 600;

export interface Tracks {
  readonly byRef: ReadonlyMap<string, Track>;
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * The history of all series of a page in one call, then live readings at its end. After a gap the shell asks for
 * every query on screen again, this one too; readings that arrived meanwhile are kept.
 */
export function useTracks(refs: readonly string[], range: TimeRange) {
  const moving = "lastMs" in range;
  const history = useQuery({
    queryKey: [telemetry.getHistory.path, telemetry.getHistory.method, refs, rangeText(range)],
    queryFn: async ({ signal }) => {
      const window = windowOf(range, liveHub.nowMs());
      const answers = await Promise.all(
        inCalls(refs).map((series) =>
          call(telemetry.getHistory, { body: { series, ...window, maxPoints: MAX_POINTS } }, signal),
        ),
      );
      const tracks = answers.flatMap(({ items }) => items.map((item) => [item.ref, trackOf(item)] as const));
      return { byRef: new Map(tracks), ...window } satisfies Tracks;
    },
    enabled: refs.length > 0,
    placeholderData: keepPreviousData,
    refetchInterval: moving ? renewEveryMs(range) : false,
  });
  return { history, tracks: useLiveTracks(history.data, refs, range) };
}

function useLiveTracks(
  read: Tracks | undefined,
  refs: readonly string[],
  range: TimeRange,
): Tracks | undefined {
  const moving = "lastMs" in range;
  const [live, setLive] = useState<{ readonly of: Tracks; readonly tracks: Tracks }>();
  const arrived = useRef(new Map<string, [number, LiveValue][]>());
  const wanted = useMemo(() => new Set(refs), [refs]);
  useLive({ values: moving ? [...new Set(refs.map(deviceOf))] : [] }, (batch) => {
    if (!moving) return;
    for (const [deviceId, metric, tsMs, value] of batch.values ?? []) {
      const ref = `${deviceId}:${metric}`;
      if (!wanted.has(ref)) continue;
      const readings = arrived.current.get(ref) ?? [];
      readings.push([tsMs, value]);
      arrived.current.set(ref, readings);
    }
  });
  useEffect(() => {
    if (!moving || read === undefined) return;
    let byRef = new Map(read.byRef);
    const timer = systemClock.every(DRAW_EVERY_MS, () => {
      if (arrived.current.size === 0) return;
      const { fromMs, toMs } = windowOf(range, liveHub.nowMs());
      byRef = new Map(byRef);
      for (const [ref, readings] of arrived.current) {
        const track = byRef.get(ref);
        if (track !== undefined) byRef.set(ref, extendTrack(track, readings, fromMs));
      }
      arrived.current = new Map();
      setLive({ of: read, tracks: { byRef, fromMs, toMs } });
    });
    return () => timer.cancel();
  }, [read, range, moving]);
  return live !== undefined && live.of === read ? live.tracks : read;
}
