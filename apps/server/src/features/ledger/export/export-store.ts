import { sql } from "kysely";
import type { LedgerDatabase } from "../tables.ts";

/** Gaps that are looked for; an export with more is no use to anybody. */
const MAX_GAPS = 10_000;

/** Indexes from ≤ i < to of which the database has no entry at all: a row that somebody took away. */
export async function findGaps(
  db: LedgerDatabase,
  logId: number,
  from: number,
  to: number,
): Promise<number[]> {
  const { rows: counted } = await sql<{ count: number }>`
    select count(*)::int as count from ledger_entries
    where log_id = ${logId} and index >= ${from} and index < ${to}`.execute(db);
  if (counted[0]?.count === to - from) return [];
  const { rows } = await sql<{ index: number }>`
    select place as index from generate_series(${from}::bigint, ${to - 1}::bigint) as place
    where not exists (select 1 from ledger_entries where log_id = ${logId} and index = place)
    order by place limit ${MAX_GAPS}`.execute(db);
  return rows.map(({ index }) => Number(index));
}
