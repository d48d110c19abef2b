import { retryDelayMs } from "../model.ts";
import { RemoteFailure } from "../remotes/remote.ts";
import type { At } from "./copy-one.ts";
import { type CopyRecord, CopyStore } from "./copy-store.ts";
import { reasonOf, saidOf, setBackTarget } from "./failures.ts";

const DAY_MS = 86_400_000;

/** Deletes one copy there, because of its age or because it was erased here. What is kept there is asked for each day. */
export async function removeOne(at: At, copy: CopyRecord): Promise<void> {
  const { context, remote, signal, target } = at;
  const { clock, copies, random } = context;
  try {
    if (copy.upload !== undefined) await remote.abandon(copy, copy.upload, signal);
    const outcome = await remote.remove(copy, copy.stored, signal);
    await setRemoved(at, copy, outcome);
    await context.targets.setWell(target.id);
  } catch (error) {
    if (signal.aborted) return;
    const failure = reasonOf(error);
    if (failure.isOfTarget) return setBackTarget(context, target, failure);
    const attempts = copy.attempts + 1;
    const atMs = clock.nowMs();
    await copies.setFailed(copy, {
      ...{ from: "removing", state: "removing", failure: saidOf(failure), attempts, atMs },
      nextMs: atMs + retryDelayMs(attempts, random),
    });
  }
}

async function setRemoved(
  { context, target }: At,
  copy: CopyRecord,
  outcome: "gone" | "kept",
): Promise<void> {
  const { audit, clock, db } = context;
  const { cameraId, segmentId, tenantId } = copy;
  const atMs = clock.nowMs();
  await db.transaction().execute(async (tx) => {
    await new CopyStore(tx).setFailed(copy, {
      ...{ from: "removing", state: outcome === "gone" ? "gone" : "removing", attempts: 0, atMs },
      failure: outcome === "gone" ? undefined : saidOf(new RemoteFailure("kept_there")),
      nextMs: atMs + DAY_MS,
      isBegunAnew: outcome === "gone",
    });
    // That it is still kept is told once.
    if (!copy.erased || (outcome === "kept" && copy.isKept)) return;
    await audit.record(tx, {
      kind: "offsite.copy_erased",
      tenantId,
      actor: { kind: "system" },
      outcome: outcome === "gone" ? "ok" : "refused",
      subject: { kind: "segment", id: segmentId },
      data: { cameraId, targetId: target.id },
    });
  });
}
