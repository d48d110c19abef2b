import type { UnixMs, Uuid } from "@gatehouse/base";
import { sql } from "kysely";
import type { RecordingDatabase } from "./tables.ts";

export interface CameraStorage {
  readonly cameraId: Uuid;
  readonly segments: number;
  readonly bytes: number;
  readonly pinnedSegments: number;
  readonly pinnedBytes: number;
  readonly sealed: number;
  readonly oldestMs: UnixMs;
  /** Since the given time. */
  readonly newBytes: number;
  readonly newSealed: number;
}

/** What the recordings of each camera take. */
export async function storageByCamera(
  db: RecordingDatabase,
  tenantId: Uuid,
  sinceMs: UnixMs,
): Promise<CameraStorage[]> {
  const { rows } = await sql<CameraStorage>`
    select camera_id as "cameraId", count(*) as segments, sum(bytes)::bigint as bytes,
      count(*) filter (where pinned) as "pinnedSegments",
      coalesce(sum(bytes) filter (where pinned), 0)::bigint as "pinnedBytes",
      count(*) filter (where state = 'sealed') as sealed,
      min(first_ms) as "oldestMs",
      coalesce(sum(bytes) filter (where first_ms >= ${sinceMs}), 0)::bigint as "newBytes",
      count(*) filter (where first_ms >= ${sinceMs} and state = 'sealed') as "newSealed"
    from recording_segments where tenant_id = ${tenantId} and state <> 'erased'
    group by camera_id`.execute(db);
  return rows;
}
