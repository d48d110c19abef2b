import { AppError } from "@gatehouse/base";
import type { Pool, PoolClient } from "pg";
import { DAY_MS } from "../model.ts";
import { inTransaction } from "./long-store.ts";
import type { Partition } from "./partition-store.ts";

/**
 * Rows (set_id, hour, dt, v) of packed hours. The slices take the arrays out of their compressed storage once an
 * hour instead of once a row.
 */
export const unpack = (where: string): string => `
  select h.set_id, h.hour, h.dt[i] as dt, array(select x from unnest(h.v[i:i]) as x) as v
  from (select set_id, hour, dt[1:n] as dt, v[1:n] as v from telemetry_packed ${where} offset 0) h
  cross join lateral generate_subscripts(h.dt, 1) as i`;

const OF_DAY = "where set_id = any($1::int[]) and hour >= $2 and hour < $3";

const rawOf = (table: string): string => `
  select set_id, date_bin('1 hour', ts, 'epoch') as hour,
    (extract(epoch from ts - date_bin('1 hour', ts, 'epoch')) * 1000)::int as dt, v
  from ${table} where set_id = any($1::int[]) and ts >= $2 and ts < $3`;

const put = (rows: string): string => `
  insert into telemetry_packed (set_id, hour, n, dt, v)
  select set_id, hour, count(*), array_agg(dt order by dt), array_agg(v order by dt) from (${rows}) r
  group by set_id, hour
  on conflict (set_id, hour) do update set n = excluded.n, dt = excluded.dt, v = excluded.v`;

/** Raw rows that are not, value for value, in the packed hours. */
const missingFrom = (table: string): string => `
  select count(*)::int as count from (${rawOf(table)} except ${unpack(OF_DAY)}) m`;

export class PackStore {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** The next sets by id. */
  async setIds(afterId: number, limit: number): Promise<number[]> {
    const { rows } = await this.#pool.query<{ id: number }>(
      "select id from metric_sets where id > $1 order by id limit $2",
      [afterId, limit],
    );
    return rows.map(({ id }) => id);
  }

  /**
   * Packs what these sets have in a day's partition, together with what is packed of that day already. Throws,
   * and changes nothing, unless every raw row can then be read back from the packed hours, value for value.
   */
  packSets(partition: Partition, setIds: readonly number[]): Promise<void> {
    const values = [setIds, new Date(partition.startMs), new Date(partition.startMs + DAY_MS)];
    return inTransaction(this.#pool, async (client) => {
      const raw = rawOf(partition.table);
      const isPacked = await hasRows(client, `select from telemetry_packed ${OF_DAY} limit 1`, values);
      await client.query(put(isPacked ? `${raw} union ${unpack(OF_DAY)}` : raw), values);
      const { rows } = await client.query<{ count: number }>(missingFrom(partition.table), values);
      const missing = rows[0]?.count ?? 0;
      if (missing > 0) throw new AppError("server.internal", { partition: partition.table, missing });
    });
  }
}

async function hasRows(client: PoolClient, text: string, values: readonly unknown[]): Promise<boolean> {
  return ((await client.query(text, [...values])).rowCount ?? 0) > 0;
}
