import type { Uuid } from "@gatehouse/base";
import { sql } from "kysely";
import type { SegmentName, SegmentRow, StoredState } from "./model.ts";
import { rowOf } from "./segment-store.ts";
import type { RecordingDatabase } from "./tables.ts";

/** Rows at once, for whoever looks at all. */
const BATCH = 500;
/** … of names alone. */
const MANY = 10_000;

/** Of whichever organisation: for who decides whose it is. */
export async function findSegment(db: RecordingDatabase, segmentId: Uuid): Promise<SegmentName | undefined> {
  const row = await db
    .selectFrom("recording_segments")
    .select(["tenant_id", "camera_id"])
    .where("id", "=", segmentId)
    .executeTakeFirst();
  return row && { tenantId: row.tenant_id, cameraId: row.camera_id, segmentId };
}

/** Of the camera, which its manifest says comes after the one with this hash. */
export async function findNext(
  db: RecordingDatabase,
  { tenantId, cameraId }: Pick<SegmentName, "tenantId" | "cameraId">,
  previous: string,
): Promise<Uuid | undefined> {
  const row = await db
    .selectFrom("recording_segments")
    .select("id")
    .where("tenant_id", "=", tenantId)
    .where("camera_id", "=", cameraId)
    .where("manifest", "is not", null)
    .where(sql<string>`substring(manifest from '"previous":"([0-9a-f]{64})"')`, "=", previous)
    .executeTakeFirst();
  return row?.id;
}

/** Which rows somebody looks at. */
interface Which {
  readonly state?: StoredState;
  readonly tenantId?: Uuid;
}

async function listSegments(
  db: RecordingDatabase,
  { state, tenantId }: Which,
  after: Uuid | undefined,
  limit: number,
): Promise<SegmentRow[]> {
  const rows = await db
    .selectFrom("recording_segments")
    .selectAll()
    .$if(after !== undefined, (query) => query.where("id", ">", after as Uuid))
    .$if(state !== undefined, (query) => query.where("state", "=", state as StoredState))
    .$if(tenantId !== undefined, (query) => query.where("tenant_id", "=", tenantId as Uuid))
    .orderBy("id")
    .limit(limit)
    .execute();
  return rows.map(rowOf);
}

async function* inBatches(db: RecordingDatabase, which: Which): AsyncGenerator<SegmentRow> {
  for (let after: Uuid | undefined; ; ) {
    const rows = await listSegments(db, which, after, BATCH);
    yield* rows;
    after = rows.at(-1)?.segmentId;
    if (rows.length < BATCH) return;
  }
}

/** Each row of all organisations, by id. */
export const allSegments = (db: RecordingDatabase, state?: StoredState): AsyncGenerator<SegmentRow> =>
  inBatches(db, state === undefined ? {} : { state });

/** Each row of one organisation, by id. */
export const segmentsOf = (db: RecordingDatabase, tenantId: Uuid): AsyncGenerator<SegmentRow> =>
  inBatches(db, { tenantId });

/** How many an organisation has, without those that were erased. */
export async function countSegments(db: RecordingDatabase, tenantId: Uuid): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from recording_segments
    where tenant_id = ${tenantId} and state <> 'erased'`.execute(db);
  return rows[0]?.count ?? 0;
}

/** Whether anything sealed is known. */
export const hasSealed = async (db: RecordingDatabase): Promise<boolean> =>
  (await listSegments(db, { state: "sealed" }, undefined, 1)).length > 0;

/** Whether the schema knows recordings: not so in a database that this version has not opened yet. */
export async function hasRecordings(db: RecordingDatabase): Promise<boolean> {
  const { rows } = await sql<{ found: boolean }>`
    select to_regclass('recording_segments') is not null as found`.execute(db);
  return rows[0]?.found === true;
}

/** Names and states of all segments, without the rest. */
export async function* segmentNames(
  db: RecordingDatabase,
): AsyncGenerator<SegmentName & { readonly state: StoredState }> {
  for (let after: Uuid | undefined; ; ) {
    const rows = await db
      .selectFrom("recording_segments")
      .select(["id", "tenant_id", "camera_id", "state"])
      .$if(after !== undefined, (query) => query.where("id", ">", after as Uuid))
      .orderBy("id")
      .limit(MANY)
      .execute();
    for (const { id, tenant_id, camera_id, state } of rows)
      yield { segmentId: id, tenantId: tenant_id, cameraId: camera_id, state };
    after = rows.at(-1)?.id;
    if (rows.length < MANY) return;
  }
}
