import { systemClock } from "@gatehouse/base";
import { type AnyEndpoint, access, accounts, alerts, devices, operations } from "@gatehouse/contract";
import { useEffect } from "react";
import { liveHub, useLive } from "../../data/live.ts";
import type { AskAgain } from "../../data/live-hub.ts";
import { invalidate, query, queryClient } from "../../data/query.ts";
import { Throttle } from "../throttle.ts";

/** A fleet that comes back after a power cut changes hundreds of states a second: lists are read every 2 s at most. */
const READ_AGAIN_EVERY_MS = 2_000;

const throttle = new Throttle<AnyEndpoint>(
  systemClock,
  READ_AGAIN_EVERY_MS,
  (asked) => void invalidate(...asked),
);

/** Lists are read again when the server says that their subject changed; after a gap, everything on screen. */
export function useLiveInvalidation(): void {
  useLive(
    { values: [] },
    (batch) => {
      if (batch.changed !== undefined || batch.status !== undefined) {
        throttle.ask(
          devices.listDevices,
          devices.deviceFacets,
          devices.fleet,
          devices.listSites,
          operations.getOverview,
        );
      }
      if (batch.alerts !== undefined) {
        throttle.ask(alerts.listAlerts, alerts.listNotices, operations.getOverview);
      }
    },
    () => void queryClient.invalidateQueries(),
  );
  useEffect(
    () =>
      liveHub.listen(
        { values: [] },
        { onBatch: () => undefined, onAskAgain: (about) => void askAgain(about) },
      ),
    [],
  );
}

/** Where one's own rights changed, nothing that was read with the old ones stays on screen. */
async function askAgain(about: AskAgain): Promise<void> {
  if (about === "approvals") throttle.ask(access.listApprovals, access.getApproval);
  else {
    const { queryKey } = query(accounts.getMe, {});
    const before = JSON.stringify(queryClient.getQueryData(queryKey)?.access);
    await queryClient.invalidateQueries({ queryKey });
    if (JSON.stringify(queryClient.getQueryData(queryKey)?.access) === before) return;
    await queryClient.resetQueries({ predicate: (one) => one.queryKey[0] !== accounts.getMe.path });
  }
}
