import type { Clock } from "@gatehouse/base";
import type { Pool } from "pg";
import type { FeatureMigrations } from "./migrate.ts";

interface Finding {
  readonly check: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** Reads what can be wrong with a database without changing it. */
export async function checkDatabase(
  pool: Pool,
  features: readonly FeatureMigrations[],
  clock: Clock,
): Promise<Finding[]> {
  const startedMs = clock.monotonicMs();
  const { rows: versions } = await pool.query<{ version: string; fsync: string }>(
    "select current_setting('server_version') as version, current_setting('fsync') as fsync",
  );
  const { rows: applied } = await pool.query<{ name: string }>(
    "select feature || '/' || id as name from schema_migrations",
  );
  const known = features.flatMap(({ feature, migrations }) => migrations.map(({ id }) => `${feature}/${id}`));
  const missing = known.filter((name) => !applied.some((row) => row.name === name));
  const { rows: invalid } = await pool.query<{ name: string }>(
    "select indexrelid::regclass::text as name from pg_index where not indisvalid",
  );
  const { rows: unchecked } = await pool.query<{ name: string }>(
    "select conname as name from pg_constraint where not convalidated",
  );
  return [
    { check: "PostgreSQL", ok: true, detail: versions[0]?.version ?? "?" },
    { check: "durable writes", ok: versions[0]?.fsync === "on", detail: `fsync is ${versions[0]?.fsync}` },
    {
      check: "schema",
      ok: missing.length === 0,
      detail: missing.length === 0 ? `${applied.length} migrations` : `not applied: ${missing.join(", ")}`,
    },
    {
      check: "indexes",
      ok: invalid.length === 0,
      detail: invalid.length === 0 ? "all valid" : invalid.map((row) => row.name).join(", "),
    },
    {
      check: "constraints",
      ok: unchecked.length === 0,
      detail: unchecked.length === 0 ? "all validated" : unchecked.map((row) => row.name).join(", "),
    },
    { check: "answer time", ok: true, detail: `${Math.round(clock.monotonicMs() - startedMs)} ms` },
  ];
}
