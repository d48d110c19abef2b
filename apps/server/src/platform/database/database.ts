import { Kysely, PostgresDialect } from "kysely";
import type { Pool } from "pg";

/**
 * Typed queries over a pool; `Tables` is the intersection of the features' tables. The pool stays its
 * maker's to end: do not `destroy` the Kysely instance.
 */
export function createDatabase<Tables>(pool: Pool): Kysely<Tables> {
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
}
