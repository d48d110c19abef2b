import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { silentLogger, systemClock } from "@gatehouse/base";
import type { TestProject } from "vitest/node";
import { removeLeftovers } from "../initdb.ts";
import type { PostgresConnection } from "../pool.ts";
import { startPostgres } from "../postgres-supervisor.ts";
import { findFastFolder } from "./fast-folder.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The run's PostgreSQL server; take it through `createTestDatabase`. */
    readonly testPostgres: PostgresConnection;
  }
}

const FOLDER_PREFIX = "gatehouse-test-";

/** A server for throw-away data: nothing needs to survive a power cut, and files run side by side. */
const SETTINGS = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  autovacuum: "off",
  max_connections: "200",
};

/** Starts one PostgreSQL for the whole run and answers how to end it. */
export default async function startTestPostgres(project: TestProject): Promise<() => Promise<void>> {
  const parent = await findFastFolder();
  await removeLeftovers(parent, FOLDER_PREFIX);
  const folder = join(parent, `${FOLDER_PREFIX}${process.pid}`);
  await mkdir(folder, { mode: 0o700 });
  const postgres = await startPostgres({
    dataDir: join(folder, "postgres"),
    settings: SETTINGS,
    log: silentLogger,
    clock: systemClock,
  });
  project.provide("testPostgres", postgres.connection);
  return async () => {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  };
}
