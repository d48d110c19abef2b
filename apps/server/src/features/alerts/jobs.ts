import type { Clock, Logger, Uuid } from "@gatehouse/base";
import type { JobDefinition } from "../../platform/jobs/jobs.ts";
import type { AlertStore } from "./alert-store.ts";
import type { AlertSettings } from "./ports.ts";

const DAY_MS = 86_400_000;

/** Removes resolved alerts with their events when they are older than the tenant keeps its logs. */
export function alertJobs(deps: {
  readonly store: AlertStore;
  readonly settings: AlertSettings;
  readonly tenantIds: () => Promise<readonly Uuid[]>;
  readonly clock: Clock;
  readonly log: Logger;
}): readonly JobDefinition[] {
  return [
    {
      name: "alerts.retention",
      cron: "23 3 * * *",
      async run() {
        for (const tenantId of await deps.tenantIds()) {
          const { retentionLogDays } = deps.settings.get(tenantId);
          const beforeMs = deps.clock.nowMs() - retentionLogDays * DAY_MS;
          const removed = await deps.store.removeResolvedBefore(tenantId, beforeMs);
          if (removed > 0) deps.log.info({ tenantId, removed }, "alerts.retention");
        }
      },
    },
  ];
}
