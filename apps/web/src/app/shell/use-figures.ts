import { access, cameras, operations } from "@gatehouse/contract";
import { useQuery } from "@tanstack/react-query";
import { query } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";

const RENEW_MS = 30_000;

/** The figures of the first page, also used by the navigation and the top bar; undefined until read. */
export function useFigures(): operations.Overview | undefined {
  const enabled = useCan()("overview.read");
  return useQuery({ ...query(operations.getOverview, {}), refetchInterval: RENEW_MS, enabled }).data;
}

/** Requests of others that this person can decide now. */
export function useWaitingApprovals(): number {
  const waiting = query(access.listApprovals, { query: { who: "decider", limit: "1" } });
  return useQuery({ ...waiting, refetchInterval: RENEW_MS }).data?.waiting ?? 0;
}

/** Cameras that this person may see; undefined until read. */
export function useCameraCount(): number | undefined {
  const list = query(cameras.listCameras, { query: { limit: "1" } });
  return useQuery({ ...list, refetchInterval: RENEW_MS }).data?.total;
}
