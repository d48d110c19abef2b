import type { UnixMs, Uuid } from "@gatehouse/base";
import { sql } from "kysely";
import { SEGMENT_MS } from "../model.ts";
import type { RecordingDatabase } from "../tables.ts";

export interface RecordedSpan {
  readonly cameraId: Uuid;
  readonly fromMs: UnixMs;
  readonly toMs: UnixMs;
}

/** More than this are not drawn apart in any width. */
const MAX_SPANS = 20_000;

/** Where each camera has recordings, by camera and time; spans are one where less than `gapMs` are missing between. */
export async function recordedSpans(
  db: RecordingDatabase,
  tenantId: Uuid,
  cameraIds: readonly Uuid[],
  { fromMs, toMs, gapMs }: { readonly fromMs: UnixMs; readonly toMs: UnixMs; readonly gapMs: number },
): Promise<RecordedSpan[]> {
  const { rows } = await sql<{ camera_id: string; from_ms: number; to_ms: number }>`
    with known as (
      select camera_id, first_ms, last_ms,
        max(last_ms) over (partition by camera_id order by first_ms rows between unbounded preceding and 1 preceding)
          as before_ms
      from recording_segments
      where tenant_id = ${tenantId} and camera_id = any(${[...cameraIds]}::uuid[]) and state <> 'erased' and frames > 0
        and first_ms between ${fromMs - 2 * SEGMENT_MS} and ${toMs} and last_ms >= ${fromMs}
    ), islands as (
      select camera_id, first_ms, last_ms,
        count(*) filter (where before_ms is null or first_ms - before_ms >= ${gapMs})
          over (partition by camera_id order by first_ms) as island
      from known
    )
    select camera_id, greatest(min(first_ms), ${fromMs}::bigint) as from_ms, least(max(last_ms), ${toMs}::bigint) as to_ms
    from islands group by camera_id, island order by camera_id, 2 limit ${MAX_SPANS}`.execute(db);
  return rows.map((row) => ({ cameraId: row.camera_id, fromMs: row.from_ms, toMs: row.to_ms }));
}
