import type { Pool, PoolClient } from "pg";

/** Longest wait for one connection to end; a statement is broken off at once. */
const END_WITHIN_MS = 10_000;

/**
 * Ends what connections of that name still do at this database, and answers how many there were. A program that was
 * killed leaves statements behind that PostgreSQL carries out all the same: a successor that looks before they are
 * done sees what is no longer so. Only for who knows that their program is gone.
 */
export async function endLeftovers(client: Pool | PoolClient, name: string): Promise<number> {
  const { rowCount } = await client.query(
    `select pg_terminate_backend(pid, $2) from pg_stat_activity
     where datname = current_database() and usename = current_user and application_name = $1
       and pid <> pg_backend_pid()`,
    [name, END_WITHIN_MS],
  );
  return rowCount ?? 0;
}
