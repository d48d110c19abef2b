import type { Pool, PoolClient } from "pg";

/** A transaction of background work, which may take longer than a person would wait. */
export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query("begin");
    await client.query("set local statement_timeout = '5min'");
    const result = await work(client);
    await client.query("commit");
    client.release();
    return result;
  } catch (error) {
    // Ends the connection, and with it the transaction.
    client.release(true);
    throw error;
  }
}

const SLICE = 10_000;

/** Deletes in slices, each its own transaction, so that nobody waits behind it; stops when the signal says so. */
export async function deleteInSlices(
  pool: Pool,
  table: string,
  where: string,
  values: readonly unknown[],
  signal: AbortSignal,
): Promise<number> {
  const text = `delete from ${table} where ctid = any(array(select ctid from ${table} where ${where} limit ${SLICE}))`;
  let deleted = 0;
  while (!signal.aborted) {
    const { rowCount } = await pool.query(text, [...values]);
    deleted += rowCount ?? 0;
    if ((rowCount ?? 0) < SLICE) break;
  }
  return deleted;
}
