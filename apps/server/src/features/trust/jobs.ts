import type { Clock, Uuid } from "@gatehouse/base";
import type { JobDefinition } from "../../platform/jobs/jobs.ts";
import { HeldStore } from "./held-store.ts";
import { DAY_MS } from "./model.ts";
import type { TrustSettings } from "./ports.ts";
import type { TrustService } from "./service.ts";
import { deleteSuspicionsBefore } from "./suspicion-store.ts";
import type { TrustDatabase } from "./tables.ts";
import type { TrustStore } from "./trust-store.ts";

const ROWS_AT_ONCE = 10_000;

export function trustJobs(deps: {
  readonly db: TrustDatabase;
  readonly service: TrustService;
  readonly store: TrustStore;
  readonly settings: TrustSettings;
  readonly clock: Clock;
  readonly tenantIds: () => Promise<readonly Uuid[]>;
}): readonly JobDefinition[] {
  const { db, service, store, settings, clock } = deps;
  const before = (days: number): Date => new Date(clock.nowMs() - days * DAY_MS);
  return [
    {
      name: "trust.save_habits",
      cron: "37 * * * *",
      run: (_data, signal) => service.saveHabits(signal),
    },
    {
      name: "trust.retention",
      cron: "53 3 * * *",
      async run(_data, signal) {
        for (const tenantId of await deps.tenantIds()) {
          const held = new HeldStore(db, tenantId);
          const tooOld = before(settings.retentionRawDays(tenantId));
          while (!signal.aborted && (await held.deleteBefore(tooOld, ROWS_AT_ONCE)));
          await store.deleteBefore(tenantId, before(settings.retentionLogDays(tenantId)));
          // As long as the readings that they are about.
          await deleteSuspicionsBefore(db, tenantId, tooOld);
        }
      },
    },
  ];
}
