import type { Clock, Logger } from "@gatehouse/base";
import type { JobDefinition } from "../../platform/jobs/jobs.ts";
import { dayOf } from "./caps.ts";
import type { DirectStore } from "./direct-store.ts";
import type { OutboxQueryStore } from "./outbox-query-store.ts";
import type { NotificationSettings } from "./ports.ts";

const DAY_MS = 86_400_000;

/** Removes messages that are older than the tenant keeps its logs; those that still wait to be sent stay. */
export function notificationJobs(deps: {
  readonly queries: OutboxQueryStore;
  readonly direct: DirectStore;
  readonly settings: NotificationSettings;
  readonly clock: Clock;
  readonly log: Logger;
}): readonly JobDefinition[] {
  return [
    {
      name: "notifications.retention",
      cron: "37 3 * * *",
      async run() {
        await deps.direct.removeCountsBefore(dayOf(deps.clock.nowMs() - DAY_MS));
        for (const tenantId of await deps.queries.tenantIds()) {
          const { retentionLogDays } = deps.settings.get(tenantId);
          const beforeMs = deps.clock.nowMs() - retentionLogDays * DAY_MS;
          const removed = await deps.queries.removeBefore(tenantId, beforeMs);
          if (removed > 0) deps.log.info({ tenantId, removed }, "notifications.retention");
        }
      },
    },
  ];
}
