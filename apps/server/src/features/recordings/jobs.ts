import type { Uuid } from "@gatehouse/base";
import { AgeClock } from "../../platform/age-clock.ts";
import type { JobDefinition } from "../../platform/jobs/jobs.ts";
import type { RecordingContext } from "./context.ts";
import { removeOutdated } from "./upkeep/retention.ts";

export const retentionJob = (
  context: RecordingContext,
  tenantIds: () => Promise<readonly Uuid[]>,
): JobDefinition => {
  const clock = new AgeClock(context.clock, context.log);
  return {
    name: "recordings.retention",
    cron: "* * * * *",
    async run(_data, signal) {
      await removeOutdated({ ...context, clock }, await tenantIds(), signal);
    },
  };
};
