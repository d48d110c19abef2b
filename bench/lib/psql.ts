import { execFileSync, spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type Counted, countLines } from "./count-lines.ts";

const DEBIAN = "/usr/lib/postgresql";

/** Debian's psql, which the package of the client or the server brings. */
export function findPsql(): string {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN) : [];
  const found = versions
    .map((version) => join(DEBIAN, version, "bin", "psql"))
    .find((path) => existsSync(path));
  if (found === undefined) throw new Error("psql is missing; on Debian: apt-get install postgresql-client");
  return found;
}

export const psqlVersion = (psql: string): string =>
  execFileSync(psql, ["--version"], { encoding: "utf8" }).trim();

/** `\copy (query) to stdout csv header` from the embedded database of a running server. */
export async function copyOut(psql: string, dataDir: string, query: string): Promise<Counted> {
  const child = spawn(
    psql,
    [
      ...["-h", join(dataDir, "postgres"), "-p", "5432", "-U", "gatehouse", "-d", "postgres", "-X"],
      ...["-c", `\\copy (${query.replace(/\s+/g, " ")}) to stdout with (format csv, header)`],
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  return countLines(child.stdout);
}
