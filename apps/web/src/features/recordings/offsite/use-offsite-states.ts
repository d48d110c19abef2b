import { cameras } from "@gatehouse/contract";
import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";
import { query } from "../../../data/query.ts";
import type { OffsiteCopies, OffsiteSpan } from "./offsite-mark.tsx";

const RENEW_MS = 10_000;
/** The server answers as many at once. */
const PAGE = 200;

/** What of each span is copied elsewhere, in their order; empty until it is known. */
export function useOffsiteStates(spans: readonly OffsiteSpan[]): readonly (OffsiteCopies | undefined)[] {
  const pages = Array.from({ length: Math.ceil(spans.length / PAGE) }, (_, page) =>
    spans.slice(page * PAGE, (page + 1) * PAGE),
  );
  return useQueries({
    queries: pages.map((page) => ({
      ...query(cameras.getOffsiteStates, { body: { spans: [...page] } }),
      refetchInterval: RENEW_MS,
    })),
    combine: (answers) =>
      answers.flatMap(({ data }, page) =>
        data === undefined ? Array.from({ length: pages[page]?.length ?? 0 }, () => undefined) : data.items,
      ),
  });
}

/** Of each event by its id: whether what it keeps is copied elsewhere. */
export function useEventCopies(
  events: readonly cameras.CameraEvent[],
): ReadonlyMap<string, OffsiteCopies | undefined> {
  const spans = useMemo(
    () =>
      events.map(({ cameraId, startMs, endMs = startMs }) => ({ cameraId, fromMs: startMs, toMs: endMs })),
    [events],
  );
  const states = useOffsiteStates(spans);
  return useMemo(() => new Map(events.map(({ id }, place) => [id, states[place]])), [events, states]);
}
