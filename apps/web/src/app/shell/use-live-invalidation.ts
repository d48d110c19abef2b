import { systemClock } from "@gatehouse/base";
import { type AnyEndpoint, alerts, devices, operations } from "@gatehouse/contract";
import { useLive } from "../../data/live.ts";
import { invalidate, queryClient } from "../../data/query.ts";
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
}
