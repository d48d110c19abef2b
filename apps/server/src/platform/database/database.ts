import { Kysely, PostgresDialect } from "kysely";
import type { Pool, PoolClient } from "pg";

/** A database or a transaction on it, whatever tables its owner typed it with. */
// biome-ignore lint/suspicious/noExplicitAny: Kysely is invariant in its tables
export type AnyDatabase = Kysely<any>;

/**
 * Typed queries over a pool; `Tables` is the intersection of the features' tables. The pool stays its
 * maker's to end: do not `destroy` the Kysely instance.
 */
export function createDatabase<Tables>(pool: Pool): Kysely<Tables> {
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
}

/** Typed queries in the transaction that a client has open. */
export function onClient<Tables>(client: PoolClient): Kysely<Tables> {
  const borrowed = { query: client.query.bind(client), release: () => undefined } as unknown as PoolClient;
  const pool = { connect: async () => borrowed, end: async () => undefined } as unknown as Pool;
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  return Object.defineProperty(db, "isTransaction", { value: true });
}
