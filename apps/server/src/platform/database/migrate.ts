import { AppError, type Clock, type Logger } from "@gatehouse/base";
import type { Pool, PoolClient } from "pg";
import { sha256Hex } from "../secrets/index.ts";

/** Runs SQL inside the migration's transaction and answers the rows. */
export type MigrationSql = (text: string, values?: readonly unknown[]) => Promise<Record<string, unknown>[]>;

export interface Migration {
  /** Number and name, `001-create`; rises within the feature. */
  readonly id: string;
  /**
   * SQL text where possible: its digest is recorded and a later change is refused. A function is for steps
   * that SQL cannot express, and only its name is recorded.
   */
  readonly up: string | ((sql: MigrationSql) => Promise<void>);
}

export interface FeatureMigrations {
  readonly feature: string;
  readonly migrations: readonly Migration[];
}

interface AppliedMigration {
  readonly feature: string;
  readonly id: string;
  readonly sha256: string;
}

/** Any number, the same in every version: whoever migrates a database holds the advisory lock of this name. */
const MIGRATION_LOCK = 7_243_001;

const CREATE_JOURNAL = `
  create table if not exists schema_migrations (
    feature text not null,
    id text not null,
    sha256 text not null,
    applied_at timestamptz not null,
    primary key (feature, id)
  )`;

/**
 * Brings the schema forward: features in the order of the list, each migration in a transaction of its own
 * together with its row in `schema_migrations`. Several programs may call it at once; one migrates and the
 * others find nothing left to do. Refuses with `database.migration_changed` a list that rewrites the past,
 * and with `database.schema_newer` a database that has seen migrations this program does not know.
 */
export async function migrate(
  pool: Pool,
  features: readonly FeatureMigrations[],
  { log, clock }: { readonly log: Logger; readonly clock: Clock },
): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("set statement_timeout = 0");
    await client.query("select pg_advisory_lock($1)", [MIGRATION_LOCK]);
    await client.query(CREATE_JOURNAL);
    const { rows } = await client.query<AppliedMigration>(
      "select feature, id, sha256 from schema_migrations",
    );
    for (const { feature, migration } of pendingMigrations(features, rows)) {
      await apply(client, feature, migration, clock);
      log.info({ feature, migration: migration.id }, "database.migrated");
    }
  } finally {
    // Closing the connection releases the lock and forgets the timeout.
    client.release(true);
  }
}

interface Pending {
  readonly feature: string;
  readonly migration: Migration;
}

function pendingMigrations(
  features: readonly FeatureMigrations[],
  applied: readonly AppliedMigration[],
): Pending[] {
  const unknown = new Map(applied.map((row) => [`${row.feature}/${row.id}`, row.sha256]));
  const pending: Pending[] = [];
  for (const { feature, migrations } of features) {
    let last: { id: string; isApplied: boolean } | undefined;
    for (const migration of migrations) {
      const name = `${feature}/${migration.id}`;
      const sha256 = unknown.get(name);
      if (last !== undefined && migration.id <= last.id) refuseChange(name, "its number does not rise");
      if (sha256 !== undefined && sha256 !== digest(migration)) refuseChange(name, "its SQL is another one");
      if (sha256 !== undefined && last?.isApplied === false)
        refuseChange(name, `${last.id} came in before it`);
      if (sha256 === undefined) pending.push({ feature, migration });
      unknown.delete(name);
      last = { id: migration.id, isApplied: sha256 !== undefined };
    }
  }
  if (unknown.size > 0) throw new AppError("database.schema_newer", { unknown: [...unknown.keys()] });
  return pending;
}

function refuseChange(migration: string, reason: string): never {
  throw new AppError("database.migration_changed", { migration, reason });
}

const digest = ({ id, up }: Migration): string => sha256Hex(typeof up === "string" ? up : `function ${id}`);

async function apply(client: PoolClient, feature: string, migration: Migration, clock: Clock): Promise<void> {
  await client.query("begin");
  try {
    const sql: MigrationSql = async (text, values) => (await client.query(text, values?.slice())).rows;
    if (typeof migration.up === "string") await client.query(migration.up);
    else await migration.up(sql);
    await client.query(
      "insert into schema_migrations (feature, id, sha256, applied_at) values ($1, $2, $3, $4)",
      [feature, migration.id, digest(migration), new Date(clock.nowMs())],
    );
    await client.query("commit");
  } catch (cause) {
    await client.query("rollback").catch(() => undefined);
    throw new AppError("database.migration_failed", { migration: `${feature}/${migration.id}` }, { cause });
  }
}
