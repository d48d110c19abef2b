import { join } from "node:path";
import { AppError, isAppError, type Logger, Secret, systemClock } from "@gatehouse/base";
import type { Pool } from "pg";
import type { Config } from "../platform/config/schema.ts";
import {
  Claim,
  createPool,
  isAnswering,
  type PostgresConnection,
  startPostgres,
} from "../platform/database/index.ts";
import { runningConnection } from "../platform/database/running-connection.ts";

export interface OpenDatabase {
  readonly pool: Pool;
  readonly embedded: boolean;
  close(): Promise<void>;
}

export interface OpenOptions {
  readonly log: Logger;
  /** Join the embedded database that a running server holds, instead of starting it. */
  readonly attach: boolean;
  readonly maxConnections?: number;
  /** It ended, or another server took it, and will not come back for this program: why. */
  readonly onGone?: (reason: string) => void;
}

/** In `pg_stat_activity`: the connections of the one server, told from those of commands beside it. */
const SERVER_NAME = "gatehouse server";

/**
 * The configured server, or the embedded one: started here unless `attach`. Fails with database.unavailable, or with
 * database.in_use when another server has it.
 */
export async function openDatabase(config: Config, options: OpenOptions): Promise<OpenDatabase> {
  const { log } = options;
  const embedded = config.databaseUrl === "";
  const dataDir = join(config.dataDir, "postgres");
  const running =
    embedded && !options.attach
      ? await startPostgres({
          dataDir,
          log,
          clock: systemClock,
          onUnexpectedExit: ({ final, reason }) => {
            if (final) options.onGone?.(`PostgreSQL: ${reason}`);
          },
        })
      : undefined;
  const connection: PostgresConnection | { url: Secret<string> } =
    running?.connection ??
    (embedded ? await runningConnection(dataDir) : { url: new Secret(config.databaseUrl) });
  const name = options.attach ? "gatehouse command" : SERVER_NAME;
  const unavailable = (cause: unknown) =>
    isAppError(cause)
      ? cause
      : new AppError("database.unavailable", { reason: (cause as Error).message }, { cause });
  // The embedded one ends with its program, and runs for one program alone.
  const claim =
    embedded || options.attach
      ? undefined
      : await Claim.take({
          ...{ connection, log, name },
          onLost: () => options.onGone?.("another server has the database"),
        }).catch((error: unknown) => {
          throw unavailable(error);
        });
  const pool = createPool({
    connection,
    log,
    name,
    ...(options.maxConnections === undefined ? {} : { maxConnections: options.maxConnections }),
  });
  const close = async (): Promise<void> => {
    await pool.end();
    await claim?.release();
    await running?.stop();
  };
  try {
    await isAnswering(pool);
  } catch (cause) {
    await close();
    throw unavailable(cause);
  }
  return { pool, embedded, close };
}

/** Opens the database for as long as `use` takes. */
export async function withDatabase<T>(
  config: Config,
  options: OpenOptions,
  use: (database: OpenDatabase) => Promise<T>,
): Promise<T> {
  const database = await openDatabase(config, options);
  try {
    return await use(database);
  } finally {
    await database.close();
  }
}
