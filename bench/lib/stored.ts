import { join } from "node:path";
import pg from "pg";
import type { FloodClient } from "./flood-worker.ts";

/** A connection of our own to the embedded database of a running server. */
export async function openDatabase(dataDir: string): Promise<pg.Client> {
  const client = new pg.Client({
    host: join(dataDir, "postgres"),
    port: 5432,
    user: "gatehouse",
    database: "postgres",
  });
  await client.connect();
  return client;
}

/** Acknowledged points that history does not hold: client i was acknowledged its first `acked[i]` messages, one ms apart. */
export async function countMissing(
  database: pg.Client,
  clients: readonly FloodClient[],
  firstTsMs: number,
  acked: readonly number[],
  metrics: number,
): Promise<number> {
  let missing = 0;
  for (const [index, client] of clients.entries()) {
    const expected = acked[index] ?? 0;
    const { rows } = await database.query<{ n: number }>(
      `select coalesce(sum(n), 0)::int as n from (
         select cardinality(t.v) as n from telemetry t join metric_sets s on s.id = t.set_id join devices d on d.id = s.device_id
         where d.name = $1 and t.ts >= to_timestamp($2::float8 / 1000) and t.ts < to_timestamp($3::float8 / 1000)
       ) rows`,
      [client.username, firstTsMs, firstTsMs + expected],
    );
    missing += Math.max(0, expected * metrics - (rows[0]?.n ?? 0));
  }
  return missing;
}

/** Rows of one device that carry the same timestamp, beyond the first: a message stored twice. */
export async function countRepeated(database: pg.Client): Promise<number> {
  const { rows } = await database.query<{ n: number }>(
    `select (count(*) - count(distinct (s.device_id, t.ts)))::int as n
     from telemetry t join metric_sets s on s.id = t.set_id`,
  );
  return rows[0]?.n ?? 0;
}
