import type { OffsiteContext } from "../context.ts";
import { retryDelayMs } from "../model.ts";
import { RemoteFailure } from "../remotes/remote.ts";
import type { TargetRecord } from "../targets/target-store.ts";

/** What a failure means; one that nobody thought of is told as it is. */
export const reasonOf = (error: unknown): RemoteFailure =>
  error instanceof RemoteFailure
    ? error
    : new RemoteFailure("unexpected", error instanceof Error ? error.name : undefined, undefined, error);

/** As it is kept and told. */
export const saidOf = ({ code, detail }: RemoteFailure) => ({
  code,
  ...(detail === undefined ? {} : { detail }),
});

/** The whole target is left alone for a while. */
export async function setBackTarget(
  { clock, log, random, targets }: Pick<OffsiteContext, "clock" | "log" | "random" | "targets">,
  { id, failures }: TargetRecord,
  failure: RemoteFailure,
): Promise<void> {
  const nowMs = clock.nowMs();
  const waitMs = Math.max(retryDelayMs(failures + 1, random), failure.retryAfterMs ?? 0);
  log.warn({ targetId: id, code: failure.code, detail: failure.detail, waitMs }, "offsite.target_failing");
  await targets.setFailing(id, saidOf(failure), nowMs, nowMs + waitMs);
}
