import type { UnixMs, Uuid } from "@gatehouse/base";
import { type SelectQueryBuilder, sql } from "kysely";
import { type Cursor, type EventKind, type KeptEvent, LONGEST_MS } from "./model.ts";
import type { CameraEventDatabase, CameraEventsTable, CameraEventTables } from "./tables.ts";

/** What somebody may see, and of it what they want. */
export interface EventFilter {
  readonly cameraIds: "all" | readonly Uuid[];
  readonly kinds?: readonly string[] | undefined;
  /** Events that overlap it. */
  readonly fromMs?: UnixMs | undefined;
  readonly toMs?: UnixMs | undefined;
}

export interface EventPage {
  readonly before?: Cursor | undefined;
  readonly limit: number;
}

/** Inserts it or brings it up to date. */
export async function saveEvent(tx: CameraEventDatabase, event: KeptEvent): Promise<void> {
  const changing = {
    seen_at: new Date(event.seenMs),
    end_at: event.endMs === undefined ? null : new Date(event.endMs),
    strength: event.strength,
    zones: [...event.zones],
    best_at: new Date(event.bestMs),
  };
  await tx
    .insertInto("camera_events")
    .values({
      id: event.id,
      tenant_id: event.tenantId,
      camera_id: event.cameraId,
      kind: event.kind,
      start_at: new Date(event.startMs),
      ...changing,
    })
    .onConflict((conflict) => conflict.column("id").doUpdateSet(changing))
    .execute();
}

/** Those that nobody saw the end of. */
export async function openEvents(db: CameraEventDatabase): Promise<KeptEvent[]> {
  const rows = await db.selectFrom("camera_events").selectAll().where("end_at", "is", null).execute();
  return rows.map(toEvent);
}

export async function findEvent(db: CameraEventDatabase, id: Uuid): Promise<KeptEvent | undefined> {
  const row = await db.selectFrom("camera_events").selectAll().where("id", "=", id).executeTakeFirst();
  return row && toEvent(row);
}

/** Cameras with events, or with strengths of motion. */
export async function knownCameras(db: CameraEventDatabase): Promise<Uuid[]> {
  const { rows } = await sql<{ camera_id: string }>`
    select id as camera_id from devices d
    where exists (select from camera_events e where e.camera_id = d.id)
      or exists (select from camera_motion m where m.camera_id = d.id)`.execute(db);
  return rows.map((row) => row.camera_id);
}

/** Ended events of one camera, at most `limit`; true while there may be more. */
export async function deleteEventsBefore(
  db: CameraEventDatabase,
  cameraId: Uuid,
  beforeMs: UnixMs,
  limit: number,
): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`
    delete from camera_events where id in (
      select id from camera_events
      where camera_id = ${cameraId} and start_at < ${new Date(beforeMs)} and end_at < ${new Date(beforeMs)}
      limit ${limit}
    )`.execute(db);
  return numAffectedRows === BigInt(limit);
}

/** Events of one organisation, for people. */
export class EventQueryStore {
  readonly #db: CameraEventDatabase;
  readonly #tenantId: Uuid;

  constructor(db: CameraEventDatabase, tenantId: Uuid) {
    this.#db = db;
    this.#tenantId = tenantId;
  }

  /** Newest first. */
  async list(filter: EventFilter, { before, limit }: EventPage): Promise<KeptEvent[]> {
    let query = this.#matching(filter).selectAll();
    if (before !== undefined)
      query = query.where(
        sql<boolean>`(start_at, id) < (${new Date(before.startMs)}::timestamptz, ${before.id}::uuid)`,
      );
    const rows = await query.orderBy("start_at", "desc").orderBy("id", "desc").limit(limit).execute();
    return rows.map(toEvent);
  }

  async count(filter: EventFilter): Promise<number> {
    const row = await this.#matching(filter)
      .select(({ fn }) => fn.countAll<number>().as("count"))
      .executeTakeFirstOrThrow();
    return row.count;
  }

  /** Those that overlap the span, oldest first, at most `limit` of each camera. */
  async overlapping(
    cameraIds: readonly Uuid[],
    { fromMs, toMs }: { readonly fromMs: UnixMs; readonly toMs: UnixMs },
    limit: number,
  ): Promise<KeptEvent[]> {
    const { rows } = await sql<CameraEventsTable>`
      select e.* from unnest(${[...cameraIds]}::uuid[]) as camera (id)
      cross join lateral (
        select * from camera_events
        where camera_id = camera.id and tenant_id = ${this.#tenantId}
          and start_at < ${new Date(toMs)} and start_at >= ${new Date(fromMs - LONGEST_MS)}
          and (end_at is null or end_at >= ${new Date(fromMs)})
        order by start_at, id
        limit ${limit}
      ) e
      order by e.camera_id, e.start_at, e.id`.execute(this.#db);
    return rows.map(toEvent);
  }

  #matching({ cameraIds, kinds, fromMs, toMs }: EventFilter): EventQuery {
    let query = this.#db.selectFrom("camera_events").where("tenant_id", "=", this.#tenantId);
    if (cameraIds !== "all") query = query.where(sql<boolean>`camera_id = any(${[...cameraIds]}::uuid[])`);
    if (kinds !== undefined) query = query.where("kind", "in", kinds as EventKind[]);
    if (toMs !== undefined) query = query.where("start_at", "<=", new Date(toMs));
    if (fromMs === undefined) return query;
    return query.where((where) =>
      where.or([where("end_at", "is", null), where("end_at", ">=", new Date(fromMs))]),
    );
  }
}

type EventQuery = SelectQueryBuilder<CameraEventTables, "camera_events", object>;

const toEvent = (row: CameraEventsTable): KeptEvent => ({
  id: row.id,
  tenantId: row.tenant_id,
  cameraId: row.camera_id,
  kind: row.kind,
  startMs: row.start_at.getTime(),
  seenMs: row.seen_at.getTime(),
  endMs: row.end_at?.getTime(),
  strength: row.strength,
  zones: row.zones,
  bestMs: row.best_at.getTime(),
});
