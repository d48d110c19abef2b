import type { UnixMs, Uuid } from "@gatehouse/base";
import type { cameras } from "@gatehouse/contract";
import { sql } from "kysely";
import type { CopyState } from "../model.ts";
import type { OffsiteDatabase } from "../tables.ts";

interface StateFigures {
  readonly targetId: Uuid;
  readonly state: CopyState;
  readonly failure: cameras.OffsiteFailureCode | null;
  readonly segments: number;
  readonly bytes: number;
  readonly oldestMs: UnixMs;
  readonly lastDoneMs: UnixMs | null;
}

/** How many copies of each target are in each state. */
export async function figures(db: OffsiteDatabase, tenantId: Uuid): Promise<StateFigures[]> {
  const { rows } = await sql<StateFigures>`
    select target_id as "targetId", state, failure, count(*)::int as segments, sum(bytes)::bigint as bytes,
      min(queued_ms) as "oldestMs", max(done_ms) as "lastDoneMs"
    from offsite_copies where tenant_id = ${tenantId}
    group by target_id, state, failure`.execute(db);
  return rows;
}

export interface CurrentCopy {
  readonly targetId: Uuid;
  readonly cameraId: Uuid;
  readonly firstMs: UnixMs;
  readonly bytes: number;
  readonly bytesDone: number;
}

/** What is being copied now. */
export async function current(db: OffsiteDatabase, tenantId: Uuid): Promise<CurrentCopy[]> {
  const rows = await db
    .selectFrom("offsite_copies")
    .select(["target_id", "camera_id", "first_ms", "bytes", "bytes_done"])
    .where("tenant_id", "=", tenantId)
    .where("state", "=", "copying")
    .execute();
  return rows.map((row) => ({
    targetId: row.target_id,
    cameraId: row.camera_id,
    firstMs: row.first_ms,
    bytes: row.bytes,
    bytesDone: row.bytes_done,
  }));
}

export interface AskedSpan {
  readonly cameraId: Uuid;
  readonly fromMs: UnixMs;
  readonly toMs: UnixMs;
}

/** No segment is longer. */
const LONGEST_MS = 120_000;

/** Of each span, by its place in the list: how many copies there are in each state. */
export async function countSpans(
  db: OffsiteDatabase,
  tenantId: Uuid,
  spans: readonly AskedSpan[],
): Promise<{ place: number; state: CopyState; count: number; doneMs: UnixMs | null }[]> {
  const column = <T>(pick: (span: AskedSpan) => T): T[] => spans.map(pick);
  const { rows } = await sql<{ place: number; state: CopyState; count: number; doneMs: UnixMs | null }>`
    select (asked.place - 1)::int as place, copy.state, count(*)::int as count, max(copy.done_ms) as "doneMs"
    from unnest(${column((span) => span.cameraId)}::uuid[], ${column((span) => span.fromMs)}::bigint[],
      ${column((span) => span.toMs)}::bigint[]) with ordinality as asked (camera_id, from_ms, to_ms, place)
    join offsite_copies copy on copy.camera_id = asked.camera_id and copy.tenant_id = ${tenantId}
      and copy.first_ms <= asked.to_ms and copy.first_ms >= asked.from_ms - ${LONGEST_MS}::bigint
      and copy.last_ms >= asked.from_ms
    group by asked.place, copy.state`.execute(db);
  return rows;
}

/** Since when something waits for a person: a target that fails, or copies that were given up. */
export async function troubles(
  db: OffsiteDatabase,
  tenantId: Uuid,
): Promise<{ name: string; sinceMs: UnixMs }[]> {
  const { rows } = await sql<{ name: string; sinceMs: UnixMs }>`
    select name, least(failing_since_ms, (
      select min(changed_ms) from offsite_copies where target_id = id and state = 'failed')) as "sinceMs"
    from offsite_targets where tenant_id = ${tenantId} and enabled`.execute(db);
  return rows.filter(({ sinceMs }) => sinceMs !== null);
}
