import type { Logger, Secret } from "@gatehouse/base";
import pg from "pg";
import { preparing } from "./prepared.ts";

/** Where a database is. With a folder as `host` the connection is a unix socket. */
export interface PostgresConnection {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
}

export interface PoolOptions {
  readonly connection: PostgresConnection | { readonly url: Secret<string> };
  readonly log: Logger;
  /** Shown in pg_stat_activity. */
  readonly name?: string;
  readonly maxConnections?: number;
  /** The server gives up a statement after this long; 0 waits for ever. */
  readonly statementTimeoutMs?: number;
}

/** Of connections that nobody named. */
export const DEFAULT_NAME = "gatehouse";
const DEFAULT_MAX_CONNECTIONS = 10;
const DEFAULT_STATEMENT_TIMEOUT_MS = 30_000;
/** Waiting for a free connection longer than this means that the database does not keep up. */
const CONNECT_WITHIN_MS = 10_000;
/** A transaction in which nobody speaks holds its locks no longer than this. */
const IDLE_IN_TRANSACTION_MS = 60_000;

/**
 * A pool of connections. bigint arrives as a number, and one beyond 2^53 is refused rather than rounded;
 * times are in UTC. A lost connection is logged and fails only the statement that ran on it.
 */
export function createPool(options: PoolOptions): pg.Pool {
  const { connection, log, maxConnections, name, statementTimeoutMs } = options;
  const pool = new pg.Pool({
    ...("url" in connection ? { connectionString: connection.url.reveal(), keepAlive: true } : connection),
    application_name: name ?? DEFAULT_NAME,
    max: maxConnections ?? DEFAULT_MAX_CONNECTIONS,
    statement_timeout: statementTimeoutMs ?? DEFAULT_STATEMENT_TIMEOUT_MS,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    options: "-c timezone=UTC",
    types: { getTypeParser },
  });
  // Without these two, a server that stops ends our process: the pool listens to idle clients only.
  const onLost = (error: Error): void => {
    // `end` resolves before the last sockets are closed; what happens to those is no loss.
    if (!pool.ending) log.warn({ reason: error.message }, "database.connection_lost");
  };
  pool.on("error", onLost);
  pool.on("connect", (client) => {
    client.on("error", onLost);
    preparing(client);
  });
  return pool;
}

function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`bigint beyond 2^53: ${text}`);
  return value;
}

const getTypeParser: pg.CustomTypesConfig["getTypeParser"] = (oid, format) =>
  oid === pg.types.builtins.INT8 && format !== "binary" ? parseInt8 : pg.types.getTypeParser(oid, format);
