import type { JobDefinition } from "../../platform/jobs/jobs.ts";
import { type RetentionDeps, sealOld } from "./upkeep/retention.ts";

export const ledgerJobs = (deps: RetentionDeps): readonly JobDefinition[] => [
  { name: "ledger.retention", cron: "41 2 * * *", run: (_data, signal) => sealOld(deps, signal) },
];
