import { systemClock } from "@gatehouse/base";
import { cameras } from "@gatehouse/contract";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useEffect, useState } from "react";
import { call } from "../../../data/query.ts";
import { type Buckets, bucketsOf, type View } from "./view.ts";

export interface Lanes {
  /** What the densities of the lanes are counted in. */
  readonly buckets: Buckets;
  readonly byCamera: ReadonlyMap<string, cameras.Lane>;
}

/** A view that moves is asked for when it rests. */
const REST_MS = 120;
const SOONEST_MS = 3_000;
const LATEST_MS = 60_000;

/**
 * What is recorded of these cameras in view, in buckets of the timeline's width. Questions that are no longer asked are
 * aborted; until the new answer is there the last one is shown where it belongs in time.
 */
export function useLanes(cameraIds: readonly string[], view: View, width: number, nowMs: number) {
  const rested = useRested(view);
  const buckets = useDeferredValue(bucketsOf(rested, width));
  const { fromMs, toMs, count, bucketMs } = buckets;
  const isGrowing = toMs > nowMs - LATEST_MS;
  const { path, method } = cameras.getTimeline;
  return useQuery({
    queryKey: [path, method, cameraIds, fromMs, toMs, count],
    queryFn: async ({ signal }): Promise<Lanes> => {
      const body = { cameraIds: [...cameraIds], fromMs, toMs, buckets: count };
      const { lanes } = await call(cameras.getTimeline, { body }, signal);
      return { buckets, byCamera: new Map(lanes.map((lane) => [lane.cameraId, lane])) };
    },
    enabled: width > 0 && cameraIds.length > 0,
    placeholderData: keepPreviousData,
    staleTime: SOONEST_MS,
    refetchInterval: isGrowing ? Math.min(LATEST_MS, Math.max(SOONEST_MS, bucketMs)) : false,
  });
}

function useRested(view: View): View {
  const [rested, setRested] = useState(view);
  const { fromMs, toMs } = view;
  useEffect(() => {
    const timer = systemClock.after(REST_MS, () => setRested({ fromMs, toMs }));
    return () => timer.cancel();
  }, [fromMs, toMs]);
  return rested;
}
