import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "@gatehouse/base/testing";
import pg from "pg";

const DEBIAN = "/usr/lib/postgresql";

/** Folder of Debian's PostgreSQL programs, the newest version; undefined where there is none. */
export function findPostgresPrograms(): string | undefined {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN) : [];
  return versions
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(DEBIAN, version, "bin"))
    .find((folder) => existsSync(join(folder, "initdb")));
}

export interface PostgresServer extends AsyncDisposable {
  readonly port: number;
  /** Of a fresh database that belongs to a role without special rights; the password is asked for (SCRAM). */
  createDatabase(name: string): Promise<string>;
}

export const ROLE_PASSWORD = "quiet-Ferry:7/anvil@";

/** A server of its own on a free port of loopback, as the user `postgres` when we are root, which PostgreSQL refuses. */
export async function startPostgresServer(programs: string): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), "gatehouse-postgres-"));
  const passwordFile = join(folder, "password");
  const superuserPassword = "superuser";
  writeFileSync(passwordFile, superuserPassword);
  const as = process.getuid?.() === 0 ? { uid: idOf("-u"), gid: idOf("-g") } : {};
  if (as.uid !== undefined) for (const path of [folder, passwordFile]) chownSync(path, as.uid, as.gid);
  const dataDir = join(folder, "data");
  const options = { ...as, cwd: folder, stdio: "ignore" as const };
  execFileSync(
    join(programs, "initdb"),
    ["-D", dataDir, "-U", "postgres", "-A", "scram-sha-256", `--pwfile=${passwordFile}`, "-E", "UTF8"],
    options,
  );
  const port = await freePort();
  const server = spawn(
    join(programs, "postgres"),
    ["-D", dataDir, "-p", String(port), "-c", "listen_addresses=127.0.0.1", "-k", folder],
    options,
  );
  const superuser = { host: "127.0.0.1", port, user: "postgres", password: superuserPassword };
  await untilAnswering(server, superuser);
  return {
    port,
    async createDatabase(name) {
      const client = new pg.Client({ ...superuser, database: "postgres" });
      await client.connect();
      const password = client.escapeLiteral(ROLE_PASSWORD);
      await client.query(`create role ${name} login password ${password}`);
      await client.query(`create database ${name} owner ${name}`);
      await client.end();
      return `postgres://${name}:${encodeURIComponent(ROLE_PASSWORD)}@127.0.0.1:${port}/${name}`;
    },
    async [Symbol.asyncDispose]() {
      server.kill("SIGINT");
      if (server.exitCode === null) await once(server, "exit");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const idOf = (which: "-u" | "-g"): number =>
  Number(execFileSync("id", [which, "postgres"], { encoding: "utf8" }));

async function untilAnswering(server: ChildProcess, superuser: pg.ClientConfig): Promise<void> {
  for (;;) {
    if (server.exitCode !== null) throw new Error(`postgres ended with ${server.exitCode}`);
    const client = new pg.Client({ ...superuser, database: "postgres" });
    try {
      await client.connect();
      await client.end();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
