import type { JobDefinition } from "../../platform/jobs/jobs.ts";
import type { OffsiteContext } from "./context.ts";
import { checkSample } from "./copying/checking.ts";

const DAY_MS = 86_400_000;
/** What is gone there is remembered for as long. */
const GONE_DAYS = 90;

export const offsiteJobs = (
  context: OffsiteContext,
  { wake, sweep }: { readonly wake: () => void; readonly sweep: () => Promise<void> },
): readonly JobDefinition[] => [
  {
    name: "offsite.retention",
    cron: "17 * * * *",
    async run() {
      await removeOlder(context);
      await sweep();
      wake();
    },
  },
  {
    name: "offsite.check",
    cron: "43 4 * * *",
    expireInSeconds: 6 * 3_600,
    async run(_data, signal) {
      for (const target of await context.targets.listEnabled()) {
        if (signal.aborted) return;
        const { looked, lost } = await checkSample(context, target, signal);
        context.log.info({ targetId: target.id, looked, lost }, "offsite.checked");
      }
      wake();
    },
  },
];

/** Copies that are older than their target keeps them are to be deleted there. */
export async function removeOlder({ clock, copies, targets }: OffsiteContext): Promise<void> {
  const nowMs = clock.nowMs();
  for (const { id, keepDays } of await targets.listEnabled()) {
    if (keepDays > 0) await copies.removeOlder(id, nowMs - keepDays * DAY_MS, nowMs);
    await copies.forgetGone(id, nowMs - Math.max(GONE_DAYS, keepDays) * DAY_MS);
  }
}
