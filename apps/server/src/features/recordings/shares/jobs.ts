import type { JobDefinition } from "../../../platform/jobs/jobs.ts";
import type { ShareUpkeep } from "./upkeep.ts";

export const upkeepJob = (upkeep: ShareUpkeep): JobDefinition => ({
  name: "recording-shares.upkeep",
  cron: "* * * * *",
  run: (_data, signal) => upkeep.run(signal),
});
