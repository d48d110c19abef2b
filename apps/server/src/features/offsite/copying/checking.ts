import type { OffsiteContext } from "../context.ts";
import type { CopyState } from "../model.ts";
import { openRemote } from "../remotes/open-remote.ts";
import { RemoteFailure } from "../remotes/remote.ts";
import type { TargetRecord } from "../targets/target-store.ts";
import type { At } from "./copy-one.ts";
import { type CopyRecord, CopyStore } from "./copy-store.ts";
import { reasonOf, saidOf, setBackTarget } from "./failures.ts";

/** Looked at in one round; the first of them is read back whole. */
const SAMPLE = 50;

/**
 * Whether what was copied is still there and still what was sent: those that were not looked at for longest. Answers how
 * many were looked at and how many of them are lost.
 */
export async function checkSample(
  context: OffsiteContext,
  target: TargetRecord,
  signal: AbortSignal,
): Promise<{ readonly looked: number; readonly lost: number }> {
  const { clock, copies, targets } = context;
  let [looked, lost] = [0, 0];
  try {
    const at = { context, target, remote: openRemote(context, target), signal };
    for (const copy of await copies.sample(target.id, SAMPLE)) {
      if (signal.aborted || copy.stored === undefined) break;
      const found = await at.remote.check(copy, copy.stored, looked === 0, signal);
      if (found === "whole") await copies.setChecked(copy, clock.nowMs());
      else {
        await setLost(at, copy, found);
        lost++;
      }
      looked++;
    }
    await targets.setChecked(target.id, clock.nowMs());
  } catch (error) {
    if (!signal.aborted) await setBackTarget(context, target, reasonOf(error));
  }
  return { looked, lost };
}

/** It is copied again where it is still here. */
async function setLost(
  { context, target }: At,
  copy: CopyRecord,
  found: "missing" | "altered",
): Promise<void> {
  const { audit, clock, db, log, segments } = context;
  const { cameraId, segmentId, tenantId } = copy;
  const isHere = (await segments.stillThere(tenantId, [segmentId])).has(segmentId);
  const state: CopyState = isHere ? "waiting" : "failed";
  const failure = saidOf(new RemoteFailure(found === "missing" ? "missing_there" : "altered_there"));
  const atMs = clock.nowMs();
  log.error({ targetId: target.id, segmentId, found, state }, "offsite.copy_lost");
  await db.transaction().execute(async (tx) => {
    const isBegunAnew = true;
    await new CopyStore(tx).setFailed(copy, {
      ...{ from: "done", state, failure, attempts: 0, nextMs: 0, atMs, isBegunAnew },
    });
    await audit.record(tx, {
      kind: "offsite.copy_lost",
      tenantId,
      actor: { kind: "system" },
      subject: { kind: "segment", id: segmentId },
      data: { cameraId, targetId: target.id, found, again: isHere },
    });
  });
}
