import { operations } from "@gatehouse/contract";
import { useQuery } from "@tanstack/react-query";
import { query } from "../../data/query.ts";

const RENEW_MS = 30_000;

/** The figures of the first page, also used by the navigation and the top bar; undefined until read. */
export function useFigures(): operations.Overview | undefined {
  return useQuery({ ...query(operations.getOverview, {}), refetchInterval: RENEW_MS }).data;
}
