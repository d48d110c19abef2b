import type { UnixMs, Uuid } from "@gatehouse/base";
import { sql } from "kysely";
import type { EventKind } from "../model.ts";
import type { CameraEventDatabase } from "../tables.ts";

/** A day of a place, from its midnight to the next; on two days a year it has not 24 hours. */
export interface LocalDay {
  readonly timeZone: string;
  /** `2026-11-21`. */
  readonly day: string;
  readonly fromMs: UnixMs;
  readonly toMs: UnixMs;
}

export interface DayCount {
  readonly cameraId: Uuid;
  readonly kind: EventKind;
  readonly verdict: "intrusion" | "not_intrusion" | "undecided" | "none";
  /** In which events began. */
  readonly hour: number;
  readonly count: number;
  readonly alarms: number;
  readonly mostAtOnce: number;
}

/** The day asked for in each time zone; without one the day before that of the instant there. */
export async function localDays(
  db: CameraEventDatabase,
  zones: readonly string[],
  asked: string | undefined,
  nowMs: UnixMs,
): Promise<LocalDay[]> {
  const { rows } = await sql<{ timeZone: string; day: string; begin: Date; end: Date }>`
    select zone as "timeZone", to_char(day, 'YYYY-MM-DD') as day,
      day::timestamp at time zone zone as begin, (day + 1)::timestamp at time zone zone as end
    from (
      select zone, coalesce(${asked ?? null}::date, (${new Date(nowMs)}::timestamptz at time zone zone)::date - 1) as day
      from unnest(${[...zones]}::text[]) as zone
    ) days`.execute(db);
  return rows.map(({ timeZone, day, begin, end }) => ({
    ...{ timeZone, day },
    ...{ fromMs: begin.getTime(), toMs: end.getTime() },
  }));
}

/** Events that began in the span of each camera. */
export async function countDay(
  db: CameraEventDatabase,
  tenantId: Uuid,
  cameras: readonly (LocalDay & { readonly cameraId: Uuid })[],
): Promise<DayCount[]> {
  const { rows } = await sql<DayCount>`
    select e.camera_id as "cameraId", e.kind, coalesce(e.verdict, 'none') as verdict,
      extract(hour from e.start_at at time zone c.zone)::int as hour, count(*)::int as count,
      (count(*) filter (where e.armed))::int as alarms, coalesce(max(e.most_at_once), 0)::int as "mostAtOnce"
    from unnest(
      ${cameras.map(({ cameraId }) => cameraId)}::uuid[],
      ${cameras.map(({ timeZone }) => timeZone)}::text[],
      ${cameras.map(({ fromMs }) => new Date(fromMs))}::timestamptz[],
      ${cameras.map(({ toMs }) => new Date(toMs))}::timestamptz[]
    ) as c (id, zone, begin, until)
    join camera_events e on e.camera_id = c.id and e.start_at >= c.begin and e.start_at < c.until
    where e.tenant_id = ${tenantId}
    group by 1, 2, 3, 4`.execute(db);
  return rows;
}
