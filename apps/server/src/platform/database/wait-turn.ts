import type { Uuid } from "@gatehouse/base";
import { sql } from "kysely";
import type { AnyDatabase } from "./database.ts";

/**
 * Waits until nobody else is in a transaction that took the same turn, and keeps it until this one ends: what is counted from
 * here on is still true when something is added. Before anything else of the transaction, which asks the database over
 * its own connection alone.
 *
 * @param what what there are only so many of
 * @param of whose they are
 */
export async function waitTurn(transaction: AnyDatabase, what: string, of: Uuid): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${what} of ${of}`}, 0))`.execute(transaction);
}
