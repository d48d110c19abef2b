import { devices } from "@gatehouse/contract";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { given } from "../../data/given.ts";
import { useLive } from "../../data/live.ts";
import { call } from "../../data/query.ts";

export type LogEntry = devices.DeviceLogEntry;

export interface LogFilter {
  readonly q?: string;
  readonly kind?: string;
}

const MAX_KEPT = 500;

const matches = (entry: LogEntry, { q, kind }: LogFilter): boolean =>
  (kind === undefined || entry.kind === kind) &&
  (q === undefined || entry.message.toLowerCase().includes(q.toLowerCase()));

/**
 * A device's log: pages that were read, and what came live since, kept apart so that a list never jumps under the
 * pointer. Filters are part of the key: another filter starts anew.
 */
export function useDeviceLog(deviceId: string, filter: LogFilter, pageSize: number) {
  const [live, setLive] = useState<readonly LogEntry[]>([]);
  const pages = useInfiniteQuery({
    queryKey: [devices.listDeviceLog.path, "GET", deviceId, filter, pageSize],
    queryFn: ({ pageParam, signal }) =>
      call(
        devices.listDeviceLog,
        {
          params: { id: deviceId },
          query: given({ ...filter, limit: String(pageSize), before: pageParam }),
        },
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  useLive(
    { values: [], details: [deviceId] },
    (batch) => {
      const fresh = (batch.log ?? []).flatMap((one) => (one.deviceId === deviceId ? [one.entry] : []));
      if (fresh.length > 0) setLive((kept) => [...fresh.reverse(), ...kept].slice(0, MAX_KEPT));
    },
    () => void pages.refetch(),
  );
  const read = pages.data?.pages.flatMap(({ items }) => items) ?? [];
  const known = new Set(read.map(({ id }) => id));
  return {
    pages,
    read,
    /** Newest first, only what the filter lets through and no page holds. */
    live: live.filter((entry) => !known.has(entry.id) && matches(entry, filter)),
  };
}
