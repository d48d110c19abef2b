import { cameras } from "@gatehouse/contract";
import { useQuery } from "@tanstack/react-query";
import { query } from "../../../data/query.ts";
import { useCanEverywhere } from "../../../data/session.ts";

const RENEW_MS = 10_000;
/** While keys are wrapped anew, somebody may be watching how far it is. */
const RENEW_SOON_MS = 1_000;

/** What recordings take; of the organisation as a whole, so only for who may see all of it. */
export function useStorage() {
  const enabled = useCanEverywhere()("recording.view");
  return useQuery({
    ...query(cameras.getRecordingStorage, {}),
    refetchInterval: ({ state }) => (state.data?.rewrap === undefined ? RENEW_MS : RENEW_SOON_MS),
    enabled,
  });
}
