import { alerts, type QueryOf } from "@gatehouse/contract";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { useLive } from "../../data/live.ts";
import { call } from "../../data/query.ts";
import { steadyList } from "./steady-list.ts";

export type AlertFilter = Omit<QueryOf<typeof alerts.listAlerts>, "before" | "limit">;

const PAGE = "50";

/** The alerts of a filter, newest first, page by page; new ones wait until `showWaiting`. */
export function useAlertList(filter: AlertFilter) {
  const list = useInfiniteQuery({
    queryKey: [alerts.listAlerts.path, alerts.listAlerts.method, filter],
    queryFn: ({ pageParam, signal }) =>
      call(
        alerts.listAlerts,
        { query: { ...filter, limit: PAGE, ...(pageParam === undefined ? {} : { before: pageParam }) } },
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
  });
  const key = JSON.stringify(filter);
  const [until, setUntil] = useState<{ readonly key: string; readonly untilMs: number }>();
  /** Rows seen under this filter with their newest state, also those that have left the list since. */
  const shown = useRef({ key, rows: new Map<string, alerts.Alert>() });
  if (shown.current.key !== key) shown.current = { key, rows: new Map() };
  const [moved, setMoved] = useState(0);

  useLive({ values: [] }, (batch) => {
    const known = (batch.alerts ?? []).filter(({ id }) => shown.current.rows.has(id));
    for (const alert of known) shown.current.rows.set(alert.id, alert);
    if (known.length > 0) setMoved((count) => count + 1);
  });

  const fresh = useMemo(() => list.data?.pages.flatMap(({ items }) => items), [list.data]);
  const untilMs = until?.key === key ? until.untilMs : newestOf(fresh);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `moved` says that a row of `shown` changed
  const steady = useMemo(
    () => (fresh === undefined ? undefined : steadyList(fresh, shown.current.rows, untilMs)),
    [fresh, untilMs, moved],
  );
  useEffect(() => {
    if (fresh === undefined) return;
    setUntil((known) => (known?.key === key ? known : { key, untilMs: newestOf(fresh) }));
    for (const alert of fresh) if (alert.raisedMs <= untilMs) shown.current.rows.set(alert.id, alert);
  }, [fresh, key, untilMs]);

  const showWaiting = () => {
    shown.current = { key, rows: new Map() };
    setUntil({ key, untilMs: newestOf(fresh) });
  };
  return { list, steady, showWaiting, open: list.data?.pages[0]?.open ?? 0 };
}

/** An empty list has shown nothing: whatever is raised next waits like any other. */
const newestOf = (rows: readonly alerts.Alert[] | undefined): number =>
  Math.max(0, ...(rows ?? []).map(({ raisedMs }) => raisedMs));
