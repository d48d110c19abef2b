import type { Pool } from "pg";

/** Whether the database answers. */
export async function isAnswering(pool: Pool): Promise<boolean> {
  return (await pool.query("select 1")).rowCount === 1;
}

export async function databaseSizeBytes(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ bytes: number }>(
    "select pg_database_size(current_database()) as bytes",
  );
  return rows[0]?.bytes ?? 0;
}

export async function serverVersion(pool: Pool): Promise<string> {
  const { rows } = await pool.query<{ server_version: string }>("show server_version");
  return rows[0]?.server_version ?? "?";
}
