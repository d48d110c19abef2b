import type { Uuid } from "@gatehouse/base";
import { countSegments, segmentsOf } from "../all-segments-store.ts";
import type { RecordingContext } from "../context.ts";
import type { SealedFiles } from "../exports/sealed-files.ts";
import { SegmentStore } from "../segment-store.ts";
import type { RewrapRun } from "./rewrapping.ts";

/**
 * A new key for an organisation's recordings: what is begun from now on is under it. `rewrapKeys` does the rest, as long
 * as it takes. Answers how many segments there are.
 */
export async function renewKey(context: RecordingContext, tenantId: Uuid): Promise<number> {
  const { audit, db, keyring } = context;
  const [segments, generation] = [await countSegments(db, tenantId), await keyring.renew(tenantId)];
  await db.transaction().execute((tx) =>
    audit.record(tx, {
      kind: "key.rotated",
      tenantId,
      subject: { kind: "recordings", id: tenantId },
      data: { generation, segments },
    }),
  );
  return segments;
}

/**
 * Wraps the keys of all segments, and of files made from them, under the newest key; they stay as they are, and the old
 * key goes when all is done. Cut off in between, it is done again from the start: a key that is under the newest one is left alone.
 */
export async function rewrapKeys(
  context: RecordingContext,
  tenantId: Uuid,
  { onSegment, signal }: RewrapRun,
  files: Pick<SealedFiles, "rewrap">,
): Promise<void> {
  const { copies, db, keyring, log } = context;
  const generation = await keyring.newest(tenantId);
  let rewrapped = 0;
  for await (const row of segmentsOf(db, tenantId)) {
    if (signal.aborted) return;
    // Nobody erases it meanwhile, so that no erased key is written again.
    await db.transaction().execute(async (tx) => {
      const name = await new SegmentStore(tx, tenantId).lock(row.segmentId);
      if (name !== undefined && (await keyring.rewrap(name))) rewrapped++;
    });
    if (row.state !== "erased") onSegment();
  }
  await files.rewrap(tenantId);
  // A copy elsewhere outlives what it is a copy of, and its key stays as it was wrapped.
  const needed = (await copies?.oldestKeyGeneration(tenantId)) ?? generation;
  await keyring.forgetBefore(tenantId, Math.min(generation, needed));
  log.info({ tenantId, generation, segments: rewrapped }, "recordings.keys_rewrapped");
}
