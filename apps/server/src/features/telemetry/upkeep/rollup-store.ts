import type { UnixMs } from "@gatehouse/base";
import type { Pool, PoolClient } from "pg";
import type { DirtyHour } from "../ingest/ingest-store.ts";
import { inTransaction } from "./long-store.ts";
import { unpack } from "./pack-store.ts";
import { createPartition, listPartitions, MINUTES, RAW } from "./partition-store.ts";

/** Sums of larger numbers would overflow a float8, which PostgreSQL answers with an error. */
const MAX_SUMMED = "1e290";

/** Buckets of rows `t (set_id, ts, v)`; a set's arrays keep the order of its metrics. */
const bucketsOf = (source: string, width: string): string => `
  select set_id, ts, max(n)::int as n,
    array_agg(lo order by k) as min, array_agg(hi order by k) as max, array_agg(total order by k) as sum
  from (
    select t.set_id, date_bin('${width}', t.ts, 'epoch') as ts, u.k, count(*) as n, min(u.x) as lo, max(u.x) as hi,
      sum(least(greatest(u.x, -${MAX_SUMMED}), ${MAX_SUMMED})) as total
    from ${source} cross join lateral unnest(t.v) with ordinality as u (x, k)
    group by 1, 2, 3
  ) b
  group by 1, 2`;

/** Hours out of minutes `m`. */
const hoursOf = (source: string): string => `
  select set_id, ts, max(n)::int as n,
    array_agg(lo order by k) as min, array_agg(hi order by k) as max, array_agg(total order by k) as sum
  from (
    select m.set_id, date_bin('1 hour', m.ts, 'epoch') as ts, u.k, sum(m.n) as n, min(u.lo) as lo, max(u.hi) as hi,
      sum(u.total) as total
    from ${source} cross join lateral unnest(m.min, m.max, m.sum) with ordinality as u (lo, hi, total, k)
    group by 1, 2, 3
  ) b
  group by 1, 2`;

const put = (table: string, select: string): string => `
  insert into ${table} (set_id, ts, n, min, max, sum) ${select}
  on conflict (set_id, ts) do update set n = excluded.n, min = excluded.min, max = excluded.max, sum = excluded.sum`;

/** `offset 0` keeps it at one index range a set: there is no index on time alone, and none is worth its writes. */
const rowsOf = (table: string): string => `(
  select r.* from unnest($3::int[]) as s (id)
  cross join lateral (
    select * from ${table} where set_id = s.id and ts >= $1::timestamptz and ts < $2::timestamptz offset 0
  ) r
)`;

/** Raw and packed rows of the hours `d`; a row that is in both while its day is being packed counts once. */
const RAW_AND_PACKED = `(
  select t.set_id, t.ts, t.v from d
  cross join lateral (
    select set_id, ts, v from telemetry
    where set_id = d.set_id and ts >= d.hour and ts < d.hour + interval '1 hour' offset 0
  ) t
  union
  select set_id, hour + dt * interval '1 millisecond', v
  from (${unpack("where (set_id, hour) in (select set_id, hour from d)")}) p
) t`;

const MINUTES_OF_HOURS = `(
  select r.* from d
  cross join lateral (
    select * from telemetry_1m
    where set_id = d.set_id and ts >= d.hour and ts < d.hour + interval '1 hour' offset 0
  ) r
) m`;

const HOURS_GIVEN = "with d as (select * from unnest($1::int[], $2::timestamptz[]) as d (set_id, hour))";
const REDO_MINUTES = HOURS_GIVEN + put("telemetry_1m", bucketsOf(RAW_AND_PACKED, "1 minute"));
const REDO_HOURS = HOURS_GIVEN + put("telemetry_1h", hoursOf(MINUTES_OF_HOURS));

const date = (ms: UnixMs): Date => new Date(ms);

export interface DirtyRow extends DirtyHour {
  readonly id: number;
}

/** The rollups. All of it may run again: the same rows give the same buckets. */
export class RollupStore {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async progress(name: string): Promise<number | undefined> {
    const { rows } = await this.#pool.query<{ value: number }>(
      "select value from telemetry_progress where name = $1",
      [name],
    );
    return rows[0]?.value;
  }

  async setProgress(name: string, value: number): Promise<void> {
    await saveProgress(this.#pool, name, value);
  }

  /** Start of the first day at or after the instant, or that holds it, of which there are raw readings. */
  async firstDayMs(fromMs: UnixMs): Promise<UnixMs | undefined> {
    const days = await listPartitions(this.#pool, RAW);
    return days.find(({ startMs }) => RAW.next(startMs) > fromMs)?.startMs;
  }

  /** Minutes of [fromMs, toMs), a part of one day, and the mark that they are done, in one transaction. */
  async rollUpMinutes(
    fromMs: UnixMs,
    toMs: UnixMs,
    setIds: readonly number[],
    progress: string,
  ): Promise<void> {
    await createPartition(this.#pool, MINUTES, MINUTES.startOf(fromMs));
    await inTransaction(this.#pool, async (client) => {
      const text = put("telemetry_1m", bucketsOf(`${rowsOf("telemetry")} t`, "1 minute"));
      if (setIds.length > 0) await client.query(text, [date(fromMs), date(toMs), setIds]);
      await saveProgress(client, progress, toMs);
    });
  }

  async rollUpHours(
    fromMs: UnixMs,
    toMs: UnixMs,
    setIds: readonly number[],
    progress: string,
  ): Promise<void> {
    await inTransaction(this.#pool, async (client) => {
      const text = put("telemetry_1h", hoursOf(`${rowsOf("telemetry_1m")} m`));
      if (setIds.length > 0) await client.query(text, [date(fromMs), date(toMs), setIds]);
      await saveProgress(client, progress, toMs);
    });
  }

  /** Oldest marks first. */
  async dirtyHours(limit: number): Promise<DirtyRow[]> {
    const { rows } = await this.#pool.query<{ id: number; set_id: number; hour: Date }>(
      "select id, set_id, hour from telemetry_dirty order by id limit $1",
      [limit],
    );
    return rows.map((row) => ({ id: row.id, setId: row.set_id, hourMs: row.hour.getTime() }));
  }

  /** Computes whole hours again, those before `hoursDoneMs` in both tables, and takes their marks away. */
  async redo(dirty: readonly DirtyRow[], hoursDoneMs: UnixMs): Promise<void> {
    const hours = [...new Map(dirty.map((row) => [`${row.setId}:${row.hourMs}`, row])).values()];
    const months = new Set(hours.map(({ hourMs }) => MINUTES.startOf(hourMs)));
    for (const month of months) await createPartition(this.#pool, MINUTES, month);
    const done = hours.filter(({ hourMs }) => hourMs < hoursDoneMs);
    await inTransaction(this.#pool, async (client) => {
      await client.query(REDO_MINUTES, keysOf(hours));
      if (done.length > 0) await client.query(REDO_HOURS, keysOf(done));
      await client.query("delete from telemetry_dirty where id = any($1::bigint[])", [
        dirty.map(({ id }) => id),
      ]);
    });
  }
}

const keysOf = (hours: readonly DirtyHour[]): unknown[] => [
  hours.map(({ setId }) => setId),
  hours.map(({ hourMs }) => date(hourMs)),
];

async function saveProgress(client: Pool | PoolClient, name: string, value: number): Promise<void> {
  await client.query(
    "insert into telemetry_progress (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value",
    [name, value],
  );
}
