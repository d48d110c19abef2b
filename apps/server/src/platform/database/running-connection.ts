import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "@gatehouse/base";
import { SUPERUSER } from "./initdb.ts";
import type { PostgresConnection } from "./pool.ts";

/**
 * How to reach the embedded server that another process runs on `dataDir`, from its postmaster.pid (line 4 the
 * port, line 5 the socket's folder). Fails with database.unavailable when none runs.
 */
export async function runningConnection(dataDir: string): Promise<PostgresConnection> {
  const text = await readFile(join(dataDir, "postmaster.pid"), "utf8").catch((cause: unknown) => {
    throw new AppError("database.unavailable", { dataDir }, { cause });
  });
  const lines = text.split("\n");
  return { host: lines[4] ?? dataDir, port: Number(lines[3]), user: SUPERUSER, database: "postgres" };
}
