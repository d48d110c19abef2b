import type { UnixMs } from "@gatehouse/base";
import type { JobDefinition } from "../../platform/jobs/jobs.ts";
import { type RetentionDeps, sealOld } from "./upkeep/retention.ts";

/** Cosignatures of checkpoints that others have followed. */
const COSIGNATURES_KEPT_MS = 30 * 86_400_000;

interface JobDeps extends RetentionDeps {
  forgetCosignatures(beforeMs: UnixMs): Promise<void>;
}

export const ledgerJobs = (deps: JobDeps): readonly JobDefinition[] => [
  { name: "ledger.retention", cron: "41 2 * * *", run: (_data, signal) => sealOld(deps, signal) },
  {
    name: "ledger.cosignatures",
    cron: "53 2 * * *",
    run: () => deps.forgetCosignatures(deps.clock.nowMs() - COSIGNATURES_KEPT_MS),
  },
];
