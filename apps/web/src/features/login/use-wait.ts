import { useEffect, useState } from "react";
import { isApiError } from "../../data/api-error.ts";
import { liveHub } from "../../data/live.ts";
import { useNow } from "../../data/now.ts";

/** How long a refusal still asks to wait, in ms, counting down; 0 when the next try may come. */
export function useWait(error: unknown): number {
  const nowMs = useNow();
  const [untilMs, setUntilMs] = useState(0);
  useEffect(() => {
    const waitMs = isApiError(error) ? (error.retryAfterMs ?? 0) : 0;
    setUntilMs(waitMs === 0 ? 0 : liveHub.nowMs() + waitMs);
  }, [error]);
  return Math.max(0, untilMs - nowMs);
}
