import type { Uuid } from "@gatehouse/base";
import type { JobDefinition } from "../../platform/jobs/jobs.ts";
import type { RecordingContext } from "./context.ts";
import { removeOutdated } from "./upkeep/retention.ts";

export const retentionJob = (
  context: RecordingContext,
  tenantIds: () => Promise<readonly Uuid[]>,
): JobDefinition => ({
  name: "recordings.retention",
  cron: "* * * * *",
  async run(_data, signal) {
    await removeOutdated(context, await tenantIds(), signal);
  },
});
