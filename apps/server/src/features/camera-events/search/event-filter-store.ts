import type { UnixMs, Uuid } from "@gatehouse/base";
import type { cameras } from "@gatehouse/contract";
import { type RawBuilder, type SelectQueryBuilder, sql } from "kysely";
import { type EventKind, LONGEST_MS } from "../model.ts";
import type { CameraEventDatabase, CameraEventTables } from "../tables.ts";

/** A time zone, IANA, and the cameras whose events are counted in it: all of them unless told. */
interface WeekZone {
  readonly name: string;
  readonly cameraIds?: readonly Uuid[];
}

/** What somebody may see, and of it what they want. */
export interface EventFilter {
  readonly cameraIds: "all" | readonly Uuid[];
  readonly kinds?: readonly string[] | undefined;
  /** Something of one of these was found. */
  readonly classes?: readonly string[] | undefined;
  readonly minPeople?: number | undefined;
  readonly zone?: string | undefined;
  readonly verdict?: cameras.VerdictFilter | undefined;
  /** No others than these. */
  readonly ids?: readonly Uuid[] | undefined;
  /** In the name of a zone or class, or of one of these cameras. */
  readonly words?: { readonly text: string; readonly cameraIds: readonly Uuid[] } | undefined;
  /** That began then, in the week of the time zone of its camera. */
  readonly week?:
    | {
        readonly zones: readonly WeekZone[];
        readonly weekday: number | undefined;
        readonly hour: number | undefined;
      }
    | undefined;
  /** Events that overlap it. */
  readonly fromMs?: UnixMs | undefined;
  readonly toMs?: UnixMs | undefined;
}

export type EventQuery = SelectQueryBuilder<CameraEventTables, "camera_events", object>;

/** The events of an organisation that the filter lets through. */
export function matching(db: CameraEventDatabase, tenantId: Uuid, filter: EventFilter): EventQuery {
  const { cameraIds, kinds, classes, minPeople, zone, ids, fromMs, toMs } = filter;
  let query: EventQuery = db.selectFrom("camera_events").where("tenant_id", "=", tenantId);
  if (cameraIds !== "all") query = query.where(sql<boolean>`camera_id = any(${[...cameraIds]}::uuid[])`);
  if (kinds !== undefined) query = query.where("kind", "in", kinds as EventKind[]);
  if (classes !== undefined) query = query.where(sql<boolean>`labels && ${[...classes]}::text[]`);
  if (minPeople !== undefined) query = query.where("most_at_once", ">=", minPeople);
  if (zone !== undefined) query = query.where(sql<boolean>`zones @> ${[zone]}::text[]`);
  if (ids !== undefined) query = query.where(sql<boolean>`camera_events.id = any(${[...ids]}::uuid[])`);
  if (toMs !== undefined) query = query.where("start_at", "<=", new Date(toMs));
  query = inWeek(withVerdict(withWords(query, filter), filter), filter);
  if (fromMs === undefined) return query;
  const longAgo = new Date(Math.max(0, fromMs - LONGEST_MS));
  return query
    .where("start_at", ">=", longAgo)
    .where((where) => where.or([where("end_at", "is", null), where("end_at", ">=", new Date(fromMs))]));
}

function withVerdict(query: EventQuery, { verdict }: EventFilter): EventQuery {
  if (verdict === undefined) return query;
  if (verdict !== "none") return query.where("verdict", "=", verdict);
  return query.where(sql<boolean>`verdict is null and kind in ('person', 'object')`);
}

function inWeek(query: EventQuery, { week }: EventFilter): EventQuery {
  if (week === undefined) return query;
  const { zones, weekday, hour } = week;
  const local = sql`(start_at at time zone ${zoneOf(zones)})`;
  const onDay =
    weekday === undefined
      ? query
      : query.where(sql<boolean>`extract(isodow from ${local}) = ${weekday}::int`);
  return hour === undefined ? onDay : onDay.where(sql<boolean>`extract(hour from ${local}) = ${hour}::int`);
}

/** Of the row's camera; UTC where none is known. */
function zoneOf(zones: readonly WeekZone[]): RawBuilder<string> {
  if (zones.length === 0) return sql`'UTC'::text`;
  const [only] = zones.length === 1 ? zones : [];
  if (only !== undefined) return sql`${only.name}::text`;
  const cases = zones.map(
    ({ name, cameraIds = [] }) => sql`when camera_id = any(${[...cameraIds]}::uuid[]) then ${name}::text`,
  );
  return sql`(case ${sql.join(cases, sql` `)} else 'UTC' end)`;
}

function withWords(query: EventQuery, { words }: EventFilter): EventQuery {
  if (words === undefined) return query;
  const { cameraIds, text } = words;
  return query.where(
    sql<boolean>`(camera_id = any(${[...cameraIds]}::uuid[])
      or exists (select from unnest(zones || labels) as name where strpos(lower(name), lower(${text})) > 0))`,
  );
}
