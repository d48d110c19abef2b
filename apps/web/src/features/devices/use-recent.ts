import { type devices, type ReplyOf, telemetry } from "@gatehouse/contract";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { useLive } from "../../data/live.ts";
import { type LiveValue, seriesKey } from "../../data/live-values.ts";
import { useNow } from "../../data/now.ts";
import { query } from "../../data/query.ts";
import { type Column, type LiveSample, mergeColumn } from "./recent.ts";

/** How often the window's start moves on: charts show 5 minutes, a few seconds more do no harm. */
const WINDOW_STEP_MS = 5_000;

/**
 * The last `windowMs` of these metrics: read once, then grown with every live frame. After a gap the history is
 * read again, so nothing is missing.
 */
export function useRecent(device: devices.Device, metrics: readonly string[], windowMs: number) {
  const nowMs = useNow(WINDOW_STEP_MS);
  const [openedMs] = useState(nowMs);
  const [readFromMs, setReadFromMs] = useState(openedMs - windowMs);
  const refs = metrics.map((metric) => seriesKey(device.id, metric));
  const history = useQuery({
    ...query(telemetry.getHistory, {
      body: {
        series: refs,
        fromMs: readFromMs,
        toMs: openedMs + DAY_MS,
        resolution: "raw",
        maxPoints: 5_000,
      },
    }),
    enabled: refs.length > 0,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  const [samples, setSamples] = useState<readonly LiveSample[]>([]);
  useEffect(() => setSamples([]), []);

  useLive(
    { values: [device.id] },
    (batch) => {
      const fresh = (batch.values ?? []).flatMap(([id, metric, tsMs, value]): LiveSample[] =>
        id === device.id ? [{ metric, tsMs, value }] : [],
      );
      if (fresh.length === 0) return;
      const fromMs = batch.serverMs - windowMs;
      setSamples((kept) => [...kept.filter(({ tsMs }) => tsMs >= fromMs), ...fresh]);
    },
    (_fromMs, toMs) => setReadFromMs(toMs - windowMs),
  );

  const columns = useMemo(
    () => columnsOf(device.id, metrics, history.data, samples, nowMs - windowMs),
    [device.id, metrics, history.data, samples, nowMs, windowMs],
  );
  return { history, columns, fromMs: nowMs - windowMs, toMs: nowMs };
}

/** The server may know readings a little ahead of this page's idea of now. */
const DAY_MS = 86_400_000;

function columnsOf(
  deviceId: string,
  metrics: readonly string[],
  history: ReplyOf<typeof telemetry.getHistory> | undefined,
  samples: readonly LiveSample[],
  fromMs: number,
): ReadonlyMap<string, Column<LiveValue>> {
  return new Map(
    metrics.map((metric) => {
      const read = history?.items.find(({ ref }) => ref === seriesKey(deviceId, metric));
      const column: Column<LiveValue> = { t: read?.t ?? [], v: read?.s ?? read?.v ?? [] };
      return [
        metric,
        mergeColumn(
          column,
          samples.filter((sample) => sample.metric === metric),
          fromMs,
        ),
      ];
    }),
  );
}
