import type { Clock, Uuid } from "@gatehouse/base";
import type { JobDefinition } from "../../platform/jobs/jobs.ts";
import type { RetentionSettings } from "./ports.ts";
import { ReadStore } from "./read-store.ts";
import { SignedStore } from "./signed-store.ts";
import type { SiteGatewayDatabase } from "./tables.ts";

const DAY_MS = 86_400_000;
const ROWS_AT_ONCE = 10_000;

/** Rounds go with the logs; what meters signed stays as long as what their history is rolled up to. */
export const retentionJob = (deps: {
  readonly db: SiteGatewayDatabase;
  readonly clock: Clock;
  readonly settings: RetentionSettings;
  readonly tenantIds: () => Promise<readonly Uuid[]>;
}): JobDefinition => ({
  name: "site_gateways.retention",
  cron: "9 4 * * *",
  retryLimit: 2,
  async run(_data, signal) {
    const { db, clock, settings } = deps;
    const before = (days: number): Date => new Date(clock.nowMs() - days * DAY_MS);
    for (const tenantId of await deps.tenantIds()) {
      await new ReadStore(db, tenantId).deleteEndedBefore(before(settings.retentionLogDays(tenantId)));
      const tooOld = before(settings.retentionRollupDays(tenantId));
      const signed = new SignedStore(db, tenantId);
      while (!signal.aborted && (await signed.deleteBefore(tooOld, ROWS_AT_ONCE)) === ROWS_AT_ONCE);
    }
  },
});
