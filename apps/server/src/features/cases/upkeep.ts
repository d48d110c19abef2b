import { cases } from "@gatehouse/contract";
import type { JobDefinition } from "../../platform/jobs/jobs.ts";
import type { CaseContext } from "./context.ts";
import { deleteRemoved, ItemStore, openClips } from "./item-store.ts";
import { clipOf, pinClip } from "./new-items.ts";

/** Ends clips whose event ended, and forgets for good what was taken away or made long ago. */
export const upkeepJob = (
  context: CaseContext,
  exports: { removeExpired(signal: { readonly aborted: boolean }): Promise<void> },
): JobDefinition => ({
  name: "cases.upkeep",
  cron: "* * * * *",
  async run(_data, signal) {
    await endClips(context, signal);
    await exports.removeExpired(signal);
    await deleteRemoved(context.db, context.clock.nowMs() - cases.CASE_LIMITS.undoMs);
  },
});

async function endClips(context: CaseContext, signal: { readonly aborted: boolean }): Promise<void> {
  const { clock, db, events } = context;
  for (const { tenantId, item } of await openClips(db)) {
    if (signal.aborted) return;
    const { clip } = item.content;
    const event = clip.eventId === undefined ? undefined : await events.find(clip.eventId);
    // Of one that is gone it is not known when it ended.
    const ended = event === undefined ? { ...clip, toMs: clock.nowMs() } : clipOf(context, event);
    const { bestMs, toMs } = ended;
    if (toMs === undefined) continue;
    await db.transaction().execute(async (tx) => {
      await new ItemStore(tx, tenantId).setSpan(item.id, toMs, bestMs);
      await pinClip(context, tx, tenantId, { id: item.id, clip: { ...clip, toMs } });
    });
  }
}
