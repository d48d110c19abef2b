import type { UnixMs, Uuid } from "@gatehouse/base";
import { sql } from "kysely";
import type { SegmentName } from "../model.ts";
import type { RecordingDatabase } from "../tables.ts";

export interface SealedSegment extends SegmentName {
  readonly firstMs: UnixMs;
  readonly lastMs: UnixMs;
  /** Of its two files. */
  readonly bytes: number;
  /** An event needs it. */
  readonly pinned: boolean;
}

export interface WantedSegments {
  /** Of these cameras all, of others what events need. */
  readonly wholeCameras: readonly Uuid[];
  /** Those that ended since. */
  readonly sinceMs: UnixMs;
  /** Goes on after the last one of the page before. */
  readonly before?: Pick<SealedSegment, "firstMs" | "segmentId">;
  readonly limit: number;
}

/** Newest first. */
export async function listSealed(
  db: RecordingDatabase,
  tenantId: Uuid,
  { wholeCameras, sinceMs, before, limit }: WantedSegments,
): Promise<SealedSegment[]> {
  const rows = await db
    .selectFrom("recording_segments")
    .select(["id", "camera_id", "first_ms", "last_ms", "bytes", "pinned"])
    .where("tenant_id", "=", tenantId)
    .where("state", "=", "sealed")
    .where("last_ms", ">=", sinceMs)
    .where(({ eb, or }) =>
      or([
        eb("pinned", "=", true),
        ...(wholeCameras.length === 0
          ? []
          : [eb.and([eb("camera_id", "in", [...wholeCameras]), eb("transient", "=", false)])]),
      ]),
    )
    .$if(before !== undefined, (query) =>
      query.where(
        sql<boolean>`(first_ms, id) < (${before?.firstMs ?? 0}::bigint, ${before?.segmentId ?? ""}::uuid)`,
      ),
    )
    .orderBy("first_ms", "desc")
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    tenantId,
    cameraId: row.camera_id,
    segmentId: row.id,
    firstMs: row.first_ms,
    lastMs: row.last_ms,
    bytes: row.bytes,
    pinned: row.pinned,
  }));
}

export async function stillThere(
  db: RecordingDatabase,
  tenantId: Uuid,
  segmentIds: readonly Uuid[],
): Promise<ReadonlySet<Uuid>> {
  if (segmentIds.length === 0) return new Set();
  const rows = await db
    .selectFrom("recording_segments")
    .select("id")
    .where("tenant_id", "=", tenantId)
    .where("id", "in", [...segmentIds])
    .where("state", "=", "sealed")
    .execute();
  return new Set(rows.map(({ id }) => id));
}
