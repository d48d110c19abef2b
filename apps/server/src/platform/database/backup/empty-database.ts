import { escapeIdentifier, type Pool } from "pg";

/** The schema of the job queue; everything else of ours is in `public`. */
const JOBS_SCHEMA = "pgboss";

/** Whether anything is in the place of our tables. */
export async function holdsTables(pool: Pool): Promise<boolean> {
  const { rowCount } = await pool.query("select from pg_tables where schemaname in ('public', $1) limit 1", [
    JOBS_SCHEMA,
  ]);
  return rowCount !== 0;
}

/** Empties the database for a restore: every table and collation of `public` and the job queue. What other schemas hold stays. */
export async function dropTables(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ name: string }>(
    "select tablename as name from pg_tables where schemaname = 'public'",
  );
  const tables = rows.map(({ name }) => `public.${escapeIdentifier(name)}`);
  if (tables.length > 0) await pool.query(`drop table if exists ${tables.join(", ")} cascade`);
  const collations = await pool.query<{ name: string }>(
    "select collname as name from pg_collation where collnamespace = 'public'::regnamespace",
  );
  for (const { name } of collations.rows)
    await pool.query(`drop collation if exists public.${escapeIdentifier(name)}`);
  await pool.query(`drop schema if exists ${JOBS_SCHEMA} cascade`);
}
