import { cameras } from "@gatehouse/contract";
import { useDocumentVisibility } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { query } from "../../../data/query.ts";

/** While something moves or is found, and else: requests of one address are bounded (`http.perMinute`). */
const LIVELY_MS = 400;
const STILL_MS = 1_000;
const STATE_MS = 2_000;

/**
 * What the detector found in its newest look, two or three times a second while there is something, and somebody looks;
 * for its `state` alone every other second.
 */
export function useDetectionView(cameraId: string, wanted: boolean, what: "boxes" | "state" = "boxes") {
  const isSeen = useDocumentVisibility() === "visible";
  return useQuery({
    ...query(cameras.getDetectionView, { params: { id: cameraId } }),
    enabled: wanted && isSeen,
    refetchInterval: ({ state: { data, error } }) =>
      what === "state" ? STATE_MS : error === null && data?.state === "looking" ? LIVELY_MS : STILL_MS,
    staleTime: 0,
    retry: false,
  });
}
