import { cameras } from "@gatehouse/contract";
import { useDocumentVisibility } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { query } from "../../../data/query.ts";

const RENEW_MS = 500;

/** What the detector found in its newest look, twice a second while somebody looks. */
export function useDetectionView(cameraId: string, wanted: boolean) {
  const isSeen = useDocumentVisibility() === "visible";
  return useQuery({
    ...query(cameras.getDetectionView, { params: { id: cameraId } }),
    enabled: wanted && isSeen,
    refetchInterval: RENEW_MS,
    staleTime: 0,
    retry: false,
  });
}
