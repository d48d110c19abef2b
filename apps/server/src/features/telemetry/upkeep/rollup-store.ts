import type { UnixMs } from "@gatehouse/base";
import type { Pool, PoolClient } from "pg";
import type { DirtyHour } from "../ingest/ingest-store.ts";
import { inTransaction } from "./long-store.ts";
import { unpack } from "./pack-store.ts";
import {
  createPartition,
  listPartitions,
  MINUTES,
  type PartitionedTable,
  partitionName,
  RAW,
} from "./partition-store.ts";

/** Sums of larger numbers would overflow a float8, which PostgreSQL answers with an error. */
const MAX_SUMMED = "1e290";

/**
 * Sets as wide as the key's predecessor + 1 up to the key share a statement, which names each position: `unnest`
 * and a second grouping take eight times as long.
 */
const WIDTHS = [4, 16, 64, 256] as const;

/** `f(1), f(2), …` as an array. A narrower set has nothing at the end, and no value in it is null. */
const arrayOf = (width: number, column: (position: number) => string): string =>
  `array_remove(array[${Array.from({ length: width }, (_, i) => column(i + 1)).join(", ")}], null)`;

/** `least` and `greatest` would make a number of null. */
const summable = (value: string): string =>
  `case when abs(${value}) <= ${MAX_SUMMED} then ${value} else sign(${value}) * ${MAX_SUMMED} end`;

/** Minutes of rows (ts, v). */
const minutes = (width: number): string => `
  date_bin('1 minute', ts, 'epoch'), count(*)::int,
  ${arrayOf(width, (k) => `min(v[${k}])`)}, ${arrayOf(width, (k) => `max(v[${k}])`)},
  ${arrayOf(width, (k) => `sum(${summable(`v[${k}]`)})`)}`;

/** Hours of minutes. */
const hours = (width: number): string => `
  date_bin('1 hour', ts, 'epoch'), sum(n)::int,
  ${arrayOf(width, (k) => `min(min[${k}])`)}, ${arrayOf(width, (k) => `max(max[${k}])`)},
  ${arrayOf(width, (k) => `sum(sum[${k}])`)}`;

const put = (table: string, buckets: string): string => `
  insert into ${table} (set_id, ts, n, min, max, sum) ${buckets}
  on conflict (set_id, ts) do update set n = excluded.n, min = excluded.min, max = excluded.max, sum = excluded.sum`;

/** Rows lie in order of time, those of all sets mixed: the BRIN index finds the window, and it is read once. */
const windowOf = (columns: string, table: string): string => `
  select set_id, ${columns} from ${table}
  where ts >= $1::timestamptz and ts < $2::timestamptz and set_id = any($3::int[]) group by 1, 2`;

type Statement = (width: number) => string;
const MINUTES_OF_WINDOW: Statement = (width) => put("telemetry_1m", windowOf(minutes(width), "telemetry"));
const HOURS_OF_WINDOW: Statement = (width) => put("telemetry_1h", windowOf(hours(width), "telemetry_1m"));

const hourOf = (table: string): string =>
  `${table} where set_id = s.id and ts >= s.hour and ts < s.hour + interval '1 hour'`;

/** Raw and packed rows of an hour; a row that is in both while its day is being packed counts once. */
const RAW_AND_PACKED = `(
  select ts, v from ${hourOf("telemetry")}
  union
  select hour + dt * interval '1 millisecond', v
  from (${unpack("where set_id = s.id and hour = s.hour")}) p
) t`;

const givenHours = (columns: string, rows: string): string => `
  select s.id, b.* from unnest($1::int[], $2::timestamptz[]) as s (id, hour)
  cross join lateral (select ${columns} from ${rows} group by 1) b`;

const MINUTES_OF_HOURS: Statement = (width) =>
  put("telemetry_1m", givenHours(minutes(width), RAW_AND_PACKED));
const HOURS_OF_HOURS: Statement = (width) =>
  put("telemetry_1h", givenHours(hours(width), hourOf("telemetry_1m")));

/** So that the index knows the newest pages; readers and writers go on. */
const SUMMARISE = `
  select brin_summarize_new_values(i.indexrelid)
  from pg_index i join pg_class c on c.oid = i.indexrelid join pg_am a on a.oid = c.relam
  where a.amname = 'brin' and i.indrelid = to_regclass($1)`;

const byWidth = <T extends { readonly width: number }>(items: readonly T[]): Map<number, T[]> =>
  Map.groupBy(items, ({ width }) => WIDTHS.find((widest) => width <= widest) ?? width);

const date = (ms: UnixMs): Date => new Date(ms);

export interface DirtyRow extends DirtyHour {
  readonly id: number;
  /** How many metrics its set has; 0 when the set is gone. */
  readonly width: number;
}

export interface ActiveSet {
  readonly id: number;
  readonly width: number;
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
    sets: readonly ActiveSet[],
    progress: string,
  ): Promise<void> {
    await createPartition(this.#pool, MINUTES, MINUTES.startOf(fromMs));
    await this.#rollUp(MINUTES_OF_WINDOW, RAW, fromMs, toMs, sets, progress);
  }

  /** Hours of [fromMs, toMs), a part of one day. */
  rollUpHours(fromMs: UnixMs, toMs: UnixMs, sets: readonly ActiveSet[], progress: string): Promise<void> {
    return this.#rollUp(HOURS_OF_WINDOW, MINUTES, fromMs, toMs, sets, progress);
  }

  async #rollUp(
    statement: Statement,
    source: PartitionedTable,
    fromMs: UnixMs,
    toMs: UnixMs,
    sets: readonly ActiveSet[],
    progress: string,
  ): Promise<void> {
    await this.#pool.query(SUMMARISE, [partitionName(source, source.startOf(fromMs))]);
    await inTransaction(this.#pool, async (client) => {
      for (const [width, some] of byWidth(sets))
        await client.query(statement(width), [date(fromMs), date(toMs), some.map(({ id }) => id)]);
      await saveProgress(client, progress, toMs);
    });
  }

  /** Oldest marks first. */
  async dirtyHours(limit: number): Promise<DirtyRow[]> {
    const { rows } = await this.#pool.query<{ id: number; set_id: number; hour: Date; width: number }>(
      `select d.id, d.set_id, d.hour, coalesce(cardinality(s.metrics), 0) as width
       from telemetry_dirty d left join metric_sets s on s.id = d.set_id order by d.id limit $1`,
      [limit],
    );
    return rows.map((row) => ({
      id: row.id,
      setId: row.set_id,
      hourMs: row.hour.getTime(),
      width: row.width,
    }));
  }

  /** Computes whole hours again, those before `hoursDoneMs` in both tables, and takes their marks away. */
  async redo(dirty: readonly DirtyRow[], hoursDoneMs: UnixMs): Promise<void> {
    const unique = [...new Map(dirty.map((row) => [`${row.setId}:${row.hourMs}`, row])).values()];
    const existing = unique.filter(({ width }) => width > 0);
    const months = new Set(existing.map(({ hourMs }) => MINUTES.startOf(hourMs)));
    for (const month of months) await createPartition(this.#pool, MINUTES, month);
    await inTransaction(this.#pool, async (client) => {
      for (const [width, some] of byWidth(existing)) {
        await client.query(MINUTES_OF_HOURS(width), keysOf(some));
        const done = some.filter(({ hourMs }) => hourMs < hoursDoneMs);
        if (done.length > 0) await client.query(HOURS_OF_HOURS(width), keysOf(done));
      }
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
