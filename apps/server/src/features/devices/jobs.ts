import type { Uuid } from "@gatehouse/base";
import type { JobDefinition } from "../../platform/jobs/jobs.ts";
import { deleteExpiredClaims } from "./claims/claim-store.ts";
import { deleteOldCommands } from "./commands/command-store.ts";
import type { DevicesContext } from "./context.ts";
import { deleteOldLogLines } from "./device-log/log-store.ts";
import { deleteOldCounts } from "./refusals/refusal-store.ts";
import { DAY_MS } from "./refusals/slots.ts";

const ROWS_AT_ONCE = 10_000;
/** One more day than is ever shown. */
const COUNTS_KEPT_MS = 2 * DAY_MS;

/** Hourly, so that each run is short: what is older than the tenant keeps its logs, and counts of the day before. */
export function retentionJob(
  { db, clock, directory, log }: DevicesContext,
  retentionLogDays: (tenantId: Uuid) => number,
): JobDefinition {
  return {
    name: "devices.retention",
    cron: "23 * * * *",
    retryLimit: 2,
    async run(_data, signal) {
      const nowMs = clock.nowMs();
      for (const tenantId of [...directory.tenants()]) {
        const beforeMs = nowMs - retentionLogDays(tenantId) * DAY_MS;
        while (!signal.aborted && (await deleteOldLogLines(db, tenantId, beforeMs, ROWS_AT_ONCE)));
        while (!signal.aborted && (await deleteOldCommands(db, tenantId, beforeMs, ROWS_AT_ONCE)));
      }
      await deleteOldCounts(db, nowMs - COUNTS_KEPT_MS);
      await deleteExpiredClaims(db, nowMs);
      log.info({}, "devices.retention_done");
    },
  };
}
