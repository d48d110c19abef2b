import { telemetry } from "@gatehouse/contract";
import { useQueries, useQuery } from "@tanstack/react-query";
import { query } from "../../data/query.ts";
import { deviceOf } from "./chart-plan.ts";

const PAGE = "200";

/** Names and units of the asked series. `missing` were deleted; `ready` is false while some are still being read. */
export function useSeriesInfo(refs: readonly string[]) {
  const wanted = refs.length > 0;
  const first = useQuery({ ...query(telemetry.listSeries, { query: { limit: PAGE } }), enabled: wanted });
  const byRef = new Map((first.data?.items ?? []).map((series) => [series.ref, series]));
  const complete = first.data !== undefined && first.data.total <= first.data.items.length;
  const left = first.data === undefined || complete ? [] : refs.filter((ref) => !byRef.has(ref));
  const devices = [...new Set(left.map(deviceOf))];
  const others = useQueries({
    queries: devices.map((device) => query(telemetry.listSeries, { query: { device, limit: PAGE } })),
  });
  for (const { data } of others) for (const series of data?.items ?? []) byRef.set(series.ref, series);
  const ready = !wanted || (first.data !== undefined && others.every(({ isPending }) => !isPending));
  return {
    byRef,
    ready,
    error: first.error ?? others.find(({ error }) => error !== null)?.error ?? null,
    retry: () => void Promise.all([first.refetch(), ...others.map((other) => other.refetch())]),
    missing: ready ? refs.filter((ref) => !byRef.has(ref)) : [],
  };
}
