import type { UnixMs, Uuid } from "@gatehouse/base";
import type { Pool } from "pg";
import type { Bucket } from "./buckets.ts";

/** One metric inside one set; `index` tells the asked-for series apart. */
export interface Place {
  readonly index: number;
  readonly setId: number;
  /** Position in the set's arrays, from 1. */
  readonly position: number;
}

export interface Point<V> {
  readonly tsMs: UnixMs;
  readonly value: V;
}

const PLACES = "unnest($1::int[], $2::int[], $3::int[]) as w (i, set_id, k)";

/**
 * Raw rows, then packed hours, each at most `$6` a place. One statement sees one state of both, so a day that is
 * being packed is never missing; a row may come twice.
 */
const RAW = `
  select w.i, (extract(epoch from r.ts) * 1000)::float8, r.x
  from ${PLACES}
  cross join lateral (
    (select ts, v[w.k] as x from telemetry
     where set_id = w.set_id and ts >= $4::timestamptz and ts < $5::timestamptz order by ts limit $6)
    union all
    (select p.hour + u.dt * interval '1 millisecond' as ts, u.x
     from (select * from telemetry_packed where set_id = w.set_id
       and hour > $4::timestamptz - interval '1 hour' and hour < $5::timestamptz order by hour) p
     cross join lateral unnest(p.dt, p.v[1:p.n][w.k:w.k]) as u (dt, x)
     where p.hour + u.dt * interval '1 millisecond' >= $4::timestamptz
       and p.hour + u.dt * interval '1 millisecond' < $5::timestamptz
     order by p.hour, u.dt limit $6)
  ) r`;

const STORED_MINUTES = `
  select w.i, (extract(epoch from r.ts) * 1000)::float8, r.n, r.min[w.k], r.max[w.k], r.sum[w.k]
  from ${PLACES}
  cross join lateral (
    select * from telemetry_1m
    where set_id = w.set_id and ts >= $4::timestamptz and ts < $5::timestamptz order by ts limit $6
  ) r`;

const STORED_HOURS = `
  select w.i, (extract(epoch from r.bucket) * 1000)::float8, r.n, r.lo, r.hi, r.total
  from ${PLACES}
  cross join lateral (
    select date_bin($7::float8 * interval '1 millisecond', ts, 'epoch') as bucket,
      sum(n)::float8 as n, min(min[w.k]) as lo, max(max[w.k]) as hi, sum(sum[w.k]) as total
    from telemetry_1h
    where set_id = w.set_id and ts >= $4::timestamptz and ts < $5::timestamptz group by 1 order by 1 limit $6
  ) r`;

/** Minutes that are in no table yet. */
const LIVE = `
  select w.i, (extract(epoch from r.minute) * 1000)::float8, r.n, r.lo, r.hi, r.total
  from ${PLACES}
  cross join lateral (
    select date_bin('1 minute', ts, 'epoch') as minute, count(*)::int as n, min(x) as lo, max(x) as hi,
      sum(least(greatest(x, -1e290), 1e290)) as total
    from (
      select ts, v[w.k] as x from telemetry
      where set_id = w.set_id and ts >= $4::timestamptz and ts < $5::timestamptz offset 0
    ) t
    group by 1
  ) r`;

const DIRTY = `
  select distinct d.hour from telemetry_dirty d
  where d.set_id = any($1::int[]) and d.hour >= $2::timestamptz and d.hour < $3::timestamptz order by d.hour`;

const STATES = `
  select (extract(epoch from ts) * 1000)::float8 as ms, value from (
    (select ts, value from state_changes where series_id = $1 and ts <= $2::timestamptz order by ts desc limit 1)
    union all
    (select ts, value from state_changes
     where series_id = $1 and ts > $2::timestamptz and ts < $3::timestamptz order by ts limit $4)
  ) c order by ts`;

const CONFLICTS = `
  select (u.i - 1)::int as i, count(distinct c.ts)::int as count
  from unnest($1::uuid[], $2::text[]) with ordinality as u (device_id, metric, i)
  join telemetry_conflicts c on c.device_id = u.device_id and c.metric = u.metric
    and c.ts >= $3::timestamptz and c.ts < $4::timestamptz
  group by u.i`;

export class HistoryStore {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** By index, rising; each place gives at most `limit` of its oldest. */
  async raw(
    places: readonly Place[],
    fromMs: UnixMs,
    toMs: UnixMs,
    limit: number,
  ): Promise<Map<number, Point<number>[]>> {
    const rows = await this.#ask<[number, number, number]>(RAW, places, fromMs, toMs, [limit]);
    const byIndex = new Map<number, Point<number>[]>();
    for (const [i, tsMs, value] of rows) push(byIndex, i, { tsMs, value });
    for (const [i, points] of byIndex) byIndex.set(i, sortedOnce(points));
    return byIndex;
  }

  minutes(
    places: readonly Place[],
    fromMs: UnixMs,
    toMs: UnixMs,
    limit: number,
  ): Promise<Map<number, Bucket[]>> {
    return this.#buckets(STORED_MINUTES, places, fromMs, toMs, [limit]);
  }

  /** Buckets of `widthMs`, whole hours. */
  hours(
    places: readonly Place[],
    fromMs: UnixMs,
    toMs: UnixMs,
    widthMs: number,
    limit: number,
  ): Promise<Map<number, Bucket[]>> {
    return this.#buckets(STORED_HOURS, places, fromMs, toMs, [limit, widthMs]);
  }

  /** Minutes computed now from raw rows; for short spans that are not packed. */
  liveMinutes(places: readonly Place[], fromMs: UnixMs, toMs: UnixMs): Promise<Map<number, Bucket[]>> {
    return this.#buckets(LIVE, places, fromMs, toMs);
  }

  /** Hours of these sets that wait to be computed again, in [fromMs, toMs). */
  async dirtyHours(setIds: readonly number[], fromMs: UnixMs, toMs: UnixMs): Promise<UnixMs[]> {
    const { rows } = await this.#pool.query<{ hour: Date }>(DIRTY, [
      setIds,
      new Date(fromMs),
      new Date(toMs),
    ]);
    return rows.map(({ hour }) => hour.getTime());
  }

  /** Changes in the range, and before them the one that held at its start. */
  async states(
    seriesId: number,
    fromMs: UnixMs,
    toMs: UnixMs,
    limit: number,
  ): Promise<Point<boolean | string>[]> {
    const { rows } = await this.#pool.query<{ ms: number; value: string }>(STATES, [
      seriesId,
      new Date(fromMs),
      new Date(toMs),
      limit,
    ]);
    return rows.map(({ ms, value }) => ({ tsMs: ms, value: JSON.parse(value) as boolean | string }));
  }

  /** Instants with a contradiction, by position in `series`. */
  async conflicts(
    series: readonly { deviceId: Uuid; metric: string }[],
    fromMs: UnixMs,
    toMs: UnixMs,
  ): Promise<Map<number, number>> {
    const { rows } = await this.#pool.query<{ i: number; count: number }>(CONFLICTS, [
      series.map(({ deviceId }) => deviceId),
      series.map(({ metric }) => metric),
      new Date(fromMs),
      new Date(toMs),
    ]);
    return new Map(rows.map(({ i, count }) => [i, count]));
  }

  async #buckets(
    text: string,
    places: readonly Place[],
    fromMs: UnixMs,
    toMs: UnixMs,
    more: readonly number[] = [],
  ): Promise<Map<number, Bucket[]>> {
    type Row = [number, number, number, number, number, number];
    const byIndex = new Map<number, Bucket[]>();
    for (const [i, tsMs, n, min, max, sum] of await this.#ask<Row>(text, places, fromMs, toMs, more))
      push(byIndex, i, { tsMs, n, min, max, sum });
    return byIndex;
  }

  async #ask<Row extends unknown[]>(
    text: string,
    places: readonly Place[],
    fromMs: UnixMs,
    toMs: UnixMs,
    more: readonly number[],
  ): Promise<Row[]> {
    if (places.length === 0 || fromMs >= toMs) return [];
    const values: unknown[] = [
      places.map(({ index }) => index),
      places.map(({ setId }) => setId),
      places.map(({ position }) => position),
      new Date(fromMs),
      new Date(toMs),
      ...more,
    ];
    return (await this.#pool.query<Row>({ text, values, rowMode: "array" })).rows;
  }
}

function push<T>(byIndex: Map<number, T[]>, index: number, item: T): void {
  const list = byIndex.get(index);
  if (list === undefined) byIndex.set(index, [item]);
  else list.push(item);
}

/** Rising by time, one point an instant. */
function sortedOnce<V>(points: Point<V>[]): Point<V>[] {
  points.sort((a, b) => a.tsMs - b.tsMs);
  return points.filter(({ tsMs }, i) => points[i - 1]?.tsMs !== tsMs);
}
