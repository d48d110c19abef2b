import type { Uuid } from "@gatehouse/base";
import type { RecordingContext } from "../context.ts";
import { allSegments, SegmentStore } from "../segment-store.ts";

/**
 * A new key for an organisation's recordings: the keys of its segments are wrapped anew, the segments stay as they are.
 * What is begun meanwhile is under the new one already. Cut off in between it is done again as a whole: both keys are
 * kept until every one is wrapped anew. Answers how many were.
 */
export async function rotateKey(context: RecordingContext, tenantId: Uuid): Promise<number> {
  const { audit, db, keyring } = context;
  const generation = await keyring.renew(tenantId);
  let rewrapped = 0;
  for await (const row of allSegments(db)) {
    if (row.tenantId !== tenantId || row.state === "erased") continue;
    // Nobody erases it meanwhile, so that no erased key is written again.
    await db.transaction().execute(async (tx) => {
      const name = await new SegmentStore(tx, tenantId).lock(row.segmentId);
      if (name !== undefined && (await keyring.rewrap(name))) rewrapped++;
    });
  }
  await db.transaction().execute((tx) =>
    audit.record(tx, {
      kind: "key.rotated",
      tenantId,
      subject: { kind: "recordings", id: tenantId },
      data: { generation, segments: rewrapped },
    }),
  );
  await keyring.forgetBefore(tenantId, generation);
  return rewrapped;
}
