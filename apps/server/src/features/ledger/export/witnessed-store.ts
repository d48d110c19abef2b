import { sql } from "kysely";
import type { LedgerDatabase } from "../tables.ts";

/** Cosignatures of one checkpoint that go along; other installations come first. */
const MOST_LINES = 16;

/** Between which sizes, both included where there are any. */
export interface SizeSpan {
  readonly logId: number;
  /** The first is the greatest of at most this. */
  readonly first: number;
  /** The last is the smallest of at least this … */
  readonly last: number;
  /** … and less than this. */
  readonly below: number;
}

/** Rising sizes at which witnesses cosigned a log. */
export async function cosignedSizes(
  db: LedgerDatabase,
  { logId, first, last, below }: SizeSpan,
): Promise<number[]> {
  const { rows } = await sql<{ size: string }>`
    select distinct size from ledger_cosignatures where log_id = ${logId} and size < ${below}
      and size >= coalesce(
        (select max(size) from ledger_cosignatures where log_id = ${logId} and size <= ${first}), 0)
      and size <= coalesce(
        (select min(size) from ledger_cosignatures where log_id = ${logId} and size >= ${last}), ${below})
    order by size`.execute(db);
  return rows.map(({ size }) => Number(size));
}

/** Checkpoints of these sizes by rising size, with their cosignatures as lines of the note. */
export async function cosignedNotes(
  db: LedgerDatabase,
  logId: number,
  sizes: readonly number[],
): Promise<{ readonly size: number; readonly note: string }[]> {
  if (sizes.length === 0) return [];
  const { rows } = await sql<{ size: string; note: string }>`
    select c.size, c.note || array_to_string(array(
      select s.line from ledger_cosignatures s join ledger_witnesses w on w.id = s.witness_id
      where s.log_id = c.log_id and s.size = c.size
      order by w.kind <> 'installation', s.at desc, s.witness_id limit ${MOST_LINES}), '') as note
    from ledger_checkpoints c
    where c.log_id = ${logId} and c.size = any(${[...sizes]}::bigint[]) order by c.size`.execute(db);
  return rows.map(({ size, note }) => ({ size: Number(size), note }));
}
