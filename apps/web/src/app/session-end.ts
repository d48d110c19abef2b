import { liveHub } from "../data/live.ts";
import { queryClient } from "../data/query.ts";

/** Forgets everything that was read under the session that ended. */
export function endSession(): void {
  liveHub.stop();
  queryClient.clear();
}
