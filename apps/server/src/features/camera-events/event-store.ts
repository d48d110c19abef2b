import type { UnixMs, Uuid } from "@gatehouse/base";
import type { cameras } from "@gatehouse/contract";
import { type Selectable, sql } from "kysely";
import { type Cursor, type KeptEvent, LONGEST_MS } from "./model.ts";
import { type EventFilter, matching } from "./search/event-filter-store.ts";
import type { CameraEventDatabase, CameraEventsTable } from "./tables.ts";

export interface EventPage {
  readonly before?: Cursor | undefined;
  readonly limit: number;
}

/** Whether an alarm was decided about before. */
export async function hasAlarm(tx: CameraEventDatabase, id: Uuid): Promise<boolean> {
  const row = await tx.selectFrom("camera_events").select("alarm_at").where("id", "=", id).executeTakeFirst();
  return row !== undefined && row.alarm_at !== null;
}

/** Inserts it or brings it up to date. `isDue`: what was decided now about its alarm; undefined leaves that as it is. */
export async function saveEvent(
  tx: CameraEventDatabase,
  event: KeptEvent,
  isDue: boolean | undefined,
): Promise<void> {
  const { detection } = event;
  const changing = {
    kind: event.kind,
    seen_at: new Date(event.seenMs),
    end_at: event.endMs === undefined ? null : new Date(event.endMs),
    strength: event.strength,
    zones: [...event.zones],
    best_at: new Date(event.bestMs),
    ...(detection === undefined ? {} : detectionColumns(detection)),
    ...(isDue === undefined ? {} : { armed: isDue, alarm_at: new Date(detection?.alarmMs ?? event.seenMs) }),
  };
  await tx
    .insertInto("camera_events")
    .values({
      id: event.id,
      tenant_id: event.tenantId,
      camera_id: event.cameraId,
      start_at: new Date(event.startMs),
      kept_at_camera: event.keptAtCamera ?? false,
      handed_over: event.handedOver === undefined ? null : JSON.stringify(event.handedOver),
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

/** Those that were due an alarm since, oldest first. */
export async function armedEventsSince(db: CameraEventDatabase, sinceMs: UnixMs): Promise<KeptEvent[]> {
  const rows = await db
    .selectFrom("camera_events")
    .selectAll()
    .where("armed", "=", true)
    .where("alarm_at", ">=", new Date(sinceMs))
    .orderBy("alarm_at")
    .orderBy("id")
    .limit(MAX_ALARMS)
    .execute();
  return rows.map(toEvent);
}

/** Whether an alarm of the camera was due between the two times. */
export async function hadAlarm(
  db: CameraEventDatabase,
  cameraId: Uuid,
  { afterMs, beforeMs }: { readonly afterMs: UnixMs; readonly beforeMs: UnixMs },
): Promise<boolean> {
  const row = await db
    .selectFrom("camera_events")
    .select("id")
    .where("camera_id", "=", cameraId)
    .where("armed", "=", true)
    .where("alarm_at", ">", new Date(afterMs))
    .where("alarm_at", "<", new Date(beforeMs))
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** The recording of an event that was kept at its camera is here, as far as there is one. */
export async function setBrought(db: CameraEventDatabase, id: Uuid, cameraId: Uuid): Promise<void> {
  await db
    .updateTable("camera_events")
    .set({ kept_at_camera: false })
    .where("id", "=", id)
    .where("camera_id", "=", cameraId)
    .execute();
}

export async function findEvent(db: CameraEventDatabase, id: Uuid): Promise<KeptEvent | undefined> {
  const row = await db.selectFrom("camera_events").selectAll().where("id", "=", id).executeTakeFirst();
  const [event] = row === undefined ? [] : await withVerdicts(db, [row]);
  return event;
}

/** Cameras with events, or with strengths of motion. */
export async function knownCameras(db: CameraEventDatabase): Promise<Uuid[]> {
  const { rows } = await sql<{ camera_id: string }>`
    select id as camera_id from devices d
    where exists (select from camera_events e where e.camera_id = d.id)
      or exists (select from camera_motion m where m.camera_id = d.id)`.execute(db);
  return rows.map((row) => row.camera_id);
}

/** Ended events of one camera but intrusions and those to be kept, at most `limit`; true while there may be more. */
export async function deleteEventsBefore(
  db: CameraEventDatabase,
  cameraId: Uuid,
  beforeMs: UnixMs,
  { limit, kept }: { readonly limit: number; readonly kept: readonly Uuid[] },
): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`
    delete from camera_events where id in (
      select id from camera_events
      where camera_id = ${cameraId} and start_at < ${new Date(beforeMs)} and end_at < ${new Date(beforeMs)}
        and verdict is distinct from 'intrusion' and id <> all(${[...kept]}::uuid[])
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
    let query = matching(this.#db, this.#tenantId, filter).selectAll();
    if (before !== undefined)
      query = query.where(
        sql<boolean>`(start_at, id) < (${new Date(before.startMs)}::timestamptz, ${before.id}::uuid)`,
      );
    const rows = await query.orderBy("start_at", "desc").orderBy("id", "desc").limit(limit).execute();
    return withVerdicts(this.#db, rows);
  }

  async count(filter: EventFilter): Promise<number> {
    const row = await matching(this.#db, this.#tenantId, filter)
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
    const { rows } = await sql<Selectable<CameraEventsTable>>`
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
    return withVerdicts(this.#db, rows);
  }
}

/** Alarms that are told of at once. */
const MAX_ALARMS = 1_000;

type Row = Selectable<CameraEventsTable>;

function detectionColumns(detection: cameras.EventDetection) {
  const { labels, mostAtOnce, alarmMs: _, armed: __, ...rest } = detection;
  return { detection: JSON.stringify(rest), labels: [...labels], most_at_once: mostAtOnce };
}

/** With the newest of what people decided about each. */
async function withVerdicts(db: CameraEventDatabase, rows: readonly Row[]): Promise<KeptEvent[]> {
  const ids = rows.filter(({ verdict }) => verdict !== null).map(({ id }) => id);
  if (ids.length === 0) return rows.map(toEvent);
  const found = await db
    .selectFrom("camera_event_verdicts")
    .select(["event_id", "verdict", "person_name", "at", "note"])
    .distinctOn("event_id")
    .where(sql<boolean>`event_id = any(${ids}::uuid[])`)
    .orderBy("event_id")
    .orderBy("at", "desc")
    .orderBy("id", "desc")
    .execute();
  const newest = new Map(
    found.map(({ event_id, verdict, person_name, at, note }) => [
      event_id,
      { verdict, byName: person_name, atMs: at.getTime(), note },
    ]),
  );
  return rows.map((row) => {
    const verdict = newest.get(row.id);
    return verdict === undefined ? toEvent(row) : { ...toEvent(row), verdict };
  });
}

const toEvent = (row: Row): KeptEvent => ({
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
  detection: row.detection === null ? undefined : toDetection(row, row.detection),
  keptAtCamera: row.kept_at_camera,
  handedOver: row.handed_over ?? undefined,
});

const toDetection = (
  { labels, most_at_once, alarm_at, armed }: Row,
  rest: NonNullable<Row["detection"]>,
): cameras.EventDetection => ({
  ...rest,
  labels,
  mostAtOnce: most_at_once ?? 0,
  ...(alarm_at === null ? {} : { alarmMs: alarm_at.getTime() }),
  armed,
});
