import { silentLogger, systemClock, systemRandom } from "@gatehouse/base";
import type { Kysely } from "kysely";
import pg from "pg";
import { inject } from "vitest";
import { sha256Hex } from "../../secrets/index.ts";
import { createDatabase } from "../database.ts";
import { endLeftovers } from "../leftovers.ts";
import { type FeatureMigrations, migrate } from "../migrate.ts";
import { createPool, DEFAULT_NAME, type PostgresConnection } from "../pool.ts";

export interface TestDatabase<Tables> extends AsyncDisposable {
  readonly pool: pg.Pool;
  readonly db: Kysely<Tables>;
  readonly connection: PostgresConnection;
}

/** Serialises the making of templates between test files. */
const TEMPLATE_LOCK = 7_243_002;

/**
 * A database of its own on the run's server, with the features' migrations applied. They run once a run:
 * the result is a template that every further database with the same list is copied from.
 */
export async function createTestDatabase<Tables = unknown>(
  features: readonly FeatureMigrations[] = [],
): Promise<TestDatabase<Tables>> {
  const server = inject("testPostgres");
  const database = `test_${Buffer.from(systemRandom.bytes(8)).toString("hex")}`;
  await administer(server, async (client) => {
    const template = await ensureTemplate(client, server, features);
    await client.query(`create database ${database} template ${template}`);
  });
  const connection = { ...server, database };
  const pool = createPool({ connection, log: silentLogger, name: "test" });
  return {
    pool,
    db: createDatabase<Tables>(pool),
    connection,
    async [Symbol.asyncDispose]() {
      if (!pool.ended) await pool.end();
      await administer(server, (client) => client.query(`drop database ${database} with (force)`));
    },
  };
}

/** After a child of a test was killed, as a server does with what one that died left: nothing it asked for is done later. */
export const endKilled = (database: Pick<TestDatabase<unknown>, "pool">): Promise<number> =>
  endLeftovers(database.pool, DEFAULT_NAME);

async function administer(
  server: PostgresConnection,
  work: (client: pg.Client) => Promise<unknown>,
): Promise<void> {
  const client = new pg.Client({ ...server, application_name: "test-database" });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

/** Name of the migrated template; a database is one only when `datistemplate` says that it is whole. */
async function ensureTemplate(
  client: pg.Client,
  server: PostgresConnection,
  features: readonly FeatureMigrations[],
): Promise<string> {
  if (features.length === 0) return "template0";
  const text = JSON.stringify(features, (_, value) => (typeof value === "function" ? String(value) : value));
  const name = `template_${sha256Hex(text).slice(0, 24)}`;
  await client.query("select pg_advisory_lock($1)", [TEMPLATE_LOCK]);
  const { rowCount } = await client.query("select from pg_database where datname = $1 and datistemplate", [
    name,
  ]);
  if (rowCount === 0) {
    await client.query(`drop database if exists ${name} with (force)`);
    await client.query(`create database ${name} template template0`);
    const pool = createPool({ connection: { ...server, database: name }, log: silentLogger });
    try {
      await migrate(pool, features, { log: silentLogger, clock: systemClock });
    } finally {
      await pool.end();
    }
    await client.query(`alter database ${name} is_template true allow_connections false`);
  }
  await client.query("select pg_advisory_unlock($1)", [TEMPLATE_LOCK]);
  return name;
}
