export { Claim } from "./claim.ts";
export { type AnyDatabase, createDatabase, onClient } from "./database.ts";
export { databaseSizeBytes, isAnswering, serverVersion } from "./figures.ts";
export { type FeatureMigrations, type Migration, type MigrationSql, migrate } from "./migrate.ts";
export { inNaturalOrder, naturalOrder } from "./natural-order.ts";
export {
  isDatabaseUnavailable,
  isDiskFull,
  isForeignKeyViolation,
  isUniqueViolation,
  isUnstorable,
} from "./pg-errors.ts";
export { createPool, type PoolOptions, type PostgresConnection } from "./pool.ts";
export {
  type PostgresOptions,
  type RunningPostgres,
  startPostgres,
  type UnexpectedExit,
} from "./postgres-supervisor.ts";
export { prepared, runPrepared } from "./prepared.ts";
export { waitTurn } from "./wait-turn.ts";
