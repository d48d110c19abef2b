import { join } from "node:path";
import { AppError, type Logger, Secret, systemClock } from "@gatehouse/base";
import type { Pool } from "pg";
import type { Config } from "../platform/config/schema.ts";
import {
  createPool,
  isAnswering,
  type PostgresConnection,
  startPostgres,
  type UnexpectedExit,
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
  readonly onUnexpectedExit?: (exit: UnexpectedExit) => void;
}

/** The configured server, or the embedded one: started here unless `attach`. Fails with database.unavailable. */
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
          ...(options.onUnexpectedExit === undefined ? {} : { onUnexpectedExit: options.onUnexpectedExit }),
        })
      : undefined;
  const connection: PostgresConnection | { url: Secret<string> } =
    running?.connection ??
    (embedded ? await runningConnection(dataDir) : { url: new Secret(config.databaseUrl) });
  const pool = createPool({
    connection,
    log,
    ...(options.maxConnections === undefined ? {} : { maxConnections: options.maxConnections }),
  });
  const close = async (): Promise<void> => {
    await pool.end();
    await running?.stop();
  };
  try {
    await isAnswering(pool);
  } catch (cause) {
    await close();
    throw new AppError("database.unavailable", { reason: (cause as Error).message }, { cause });
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
