import type { UnixMs, Uuid } from "@gatehouse/base";
import type { SegmentName } from "./model.ts";
import type { RecordingDatabase } from "./tables.ts";

/** Marks whole segments of a camera that overlap the span as erased: from the commit on nobody reads them. */
export async function markErased(
  tx: RecordingDatabase,
  { tenantId, cameraId }: { readonly tenantId: Uuid; readonly cameraId: Uuid },
  { fromMs, toMs }: { readonly fromMs: UnixMs; readonly toMs: UnixMs },
): Promise<(SegmentName & { readonly bytes: number; readonly firstMs: UnixMs; readonly lastMs: UnixMs })[]> {
  const rows = await tx
    .updateTable("recording_segments")
    .set({ state: "erased", pinned: false })
    .where("tenant_id", "=", tenantId)
    .where("camera_id", "=", cameraId)
    .where("state", "not in", ["erased", "open"])
    .where("first_ms", "<=", toMs)
    .where("last_ms", ">=", fromMs)
    .returning(["id", "bytes", "first_ms", "last_ms"])
    .execute();
  return rows.map(({ id: segmentId, bytes, first_ms: firstMs, last_ms: lastMs }) => ({
    ...{ tenantId, cameraId, segmentId, bytes, firstMs, lastMs },
  }));
}
