import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { systemClock } from "@gatehouse/base";
import { recordingLogger } from "@gatehouse/testkit";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createPool, type PostgresConnection } from "./pool.ts";
import {
  type PostgresOptions,
  type RunningPostgres,
  startPostgres,
  type UnexpectedExit,
} from "./postgres-supervisor.ts";
import { findFastFolder } from "./testing/fast-folder.ts";

const PROGRAM = fileURLToPath(new URL("testing/run-postgres.ts", import.meta.url));
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

let folder: string;
let log = recordingLogger();

beforeEach(async () => {
  folder = await mkdtemp(join(await findFastFolder(), "gatehouse postgres-"));
  log = recordingLogger();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const start = (options: Partial<PostgresOptions> = {}): Promise<RunningPostgres> =>
  startPostgres({ dataDir: join(folder, "data"), log, clock: systemClock, ...options });

async function ask(connection: PostgresConnection, sql: string): Promise<unknown[]> {
  const pool = createPool({ connection, log, maxConnections: 1 });
  try {
    const { rows } = await pool.query<Record<string, unknown>>(sql);
    return rows.flatMap((row) => Object.values(row));
  } finally {
    await pool.end();
  }
}

/** True while the process runs; one that nobody has waited for yet has no command line. */
const isRunning = async (pid: number): Promise<boolean> =>
  (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")) !== "";

const startedFields = (): object | undefined =>
  log.lines.find((line) => line.event === "database.started")?.fields;

interface OtherProgram {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly connection: PostgresConnection;
  readonly launcher: string;
}

async function startInOtherProgram(dataDir: string, prefix: readonly string[] = []): Promise<OtherProgram> {
  const [command, ...args] = [...prefix, process.execPath, PROGRAM, dataDir];
  const child = spawn(command as string, args, { cwd: "/", stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  return { child, ...JSON.parse(line) };
}

test("a new folder becomes a database that keeps its rows, starts warm and stops", async () => {
  const first = await start();
  await ask(first.connection, "create table kept as select 7::bigint as id");
  await first.stop();
  expect(await isRunning(first.pid)).toBe(false);
  await using second = await start();
  expect(await ask(second.connection, "select id from kept")).toEqual([7]);
  expect(await ask(second.connection, "show fsync")).toEqual(["on"]);
  expect(log.lines.filter((line) => line.level === "warn" || line.level === "error")).toEqual([]);
});

test("no TCP port is open, and the server inherits nothing of our environment", async () => {
  await using postgres = await start();
  expect(await ask(postgres.connection, "show listen_addresses")).toEqual([""]);
  expect(await ask(postgres.connection, "show unix_socket_permissions")).toEqual(["0700"]);
  expect(await readFile(`/proc/${postgres.pid}/environ`, "utf8")).not.toContain("VITEST");
});

test("a path too long for a socket, with spaces, commas and quotes, is no trouble", async () => {
  const dataDir = join(folder, 'my "own" data, with spaces', "x".repeat(100));
  await using postgres = await start({ dataDir });
  expect(await ask(postgres.connection, "select 1")).toEqual([1]);
  expect(postgres.connection.host.startsWith(dataDir)).toBe(false);
});

test("a killed server is reported and started again with every acknowledged row; killed again it stays down", async () => {
  const exits: UnexpectedExit[] = [];
  await using postgres = await start({ onUnexpectedExit: (exit) => exits.push(exit) });
  const { pid, connection } = postgres;
  await ask(connection, "create table acknowledged as select 42 as id");
  process.kill(pid, "SIGKILL");
  await vi.waitFor(() => expect(log.lines.map((line) => line.event)).toContain("database.restarted"), 20_000);
  expect(exits).toEqual([{ reason: "signal SIGKILL", final: false }]);
  expect(postgres.pid).not.toBe(pid);
  expect(await ask(connection, "select id from acknowledged")).toEqual([42]);
  process.kill(postgres.pid, "SIGKILL");
  await vi.waitFor(() => expect(exits).toHaveLength(2), 20_000);
  expect(exits[1]).toEqual({ reason: "signal SIGKILL", final: true });
});

test("a lock file whose pid belongs to another program does not prevent a start", async () => {
  const first = await start();
  const lockFile = join(folder, "data", "postmaster.pid");
  const lock = await readFile(lockFile, "utf8");
  await first.stop();
  const stranger = spawn("sleep", ["60"]);
  await writeFile(lockFile, lock.replace(String(first.pid), String(stranger.pid)));
  await using second = await start();
  expect(await ask(second.connection, "select 1")).toEqual([1]);
  expect(await isRunning(stranger.pid as number)).toBe(true);
  stranger.kill();
});

test("a folder in use by another living program is refused and left alone", async () => {
  const other = await startInOtherProgram(join(folder, "data"));
  await expect(start()).rejects.toMatchObject({ code: "database.in_use" });
  expect(await ask(other.connection, "select 1")).toEqual([1]);
  other.child.kill("SIGTERM");
  await once(other.child, "exit");
  expect(await isRunning(other.pid)).toBe(false);
});

test("when the program is killed the server ends with it, and the next start works", async () => {
  const other = await startInOtherProgram(join(folder, "data"));
  other.child.kill("SIGKILL");
  await vi.waitFor(async () => expect(await isRunning(other.pid)).toBe(false), 20_000);
  await using postgres = await start();
  expect(await ask(postgres.connection, "select 1")).toEqual([1]);
});

test("a server that outlived its program is stopped by the next start", async () => {
  const first = await start();
  // As if another program had started it, and ended since.
  await writeFile(join(folder, "data", "gatehouse-supervisor.pid"), "999999999\n");
  const { pid } = first;
  await using second = await start({ log: recordingLogger() });
  expect(await isRunning(pid)).toBe(false);
  expect(await ask(second.connection, "select 1")).toEqual([1]);
  await first.stop();
});

test("children of a killed server delay the next start but do not prevent it", async () => {
  const other = await startInOtherProgram(join(folder, "data"));
  const children = await readFile(`/proc/${other.pid}/task/${other.pid}/children`, "utf8");
  const child = Number(children.split(" ")[0]);
  process.kill(child, "SIGSTOP");
  other.child.kill("SIGKILL");
  process.kill(other.pid, "SIGKILL");
  const starting = start();
  await vi.waitFor(
    () => expect(JSON.stringify(log.lines)).toContain("pre-existing shared memory block"),
    20_000,
  );
  process.kill(child, "SIGCONT");
  await using postgres = await starting;
  expect(await ask(postgres.connection, "select 1")).toEqual([1]);
});

test("an ordinary user runs it as themselves", async () => {
  const user = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"];
  const namespace = [`--map-user=${NOBODY}`, `--map-group=${NOBODY}`];
  const ways = [
    ["setpriv", ...user, "--"],
    ["unshare", "--user", ...namespace, "--"],
  ];
  // A checkout below /root is closed to another user, but not to root under another name.
  const way = ways.find(
    ([command, ...args]) => spawnSync(command as string, [...args, "cat", PROGRAM]).status === 0,
  );
  if (isRoot && way?.[0] === "setpriv") await chown(folder, NOBODY, NOBODY);
  const other = await startInOtherProgram(join(folder, "data"), isRoot ? way : []);
  expect(other.launcher).toBe("same-user");
  expect(await ask(other.connection, "select 1")).toEqual([1]);
  other.child.kill("SIGTERM");
  await once(other.child, "exit");
});

test.runIf(isRoot)(
  "root runs a folder of another user as that user, also below a closed folder",
  async () => {
    const dataDir = join(folder, "open", "data");
    await mkdir(dataDir, { recursive: true, mode: 0o755 });
    await chown(dataDir, NOBODY, NOBODY);
    for (const mode of [0o755, 0o700]) {
      await chmod(folder, mode);
      await using postgres = await start({ dataDir });
      expect(startedFields()).toMatchObject({ launcher: "other-user" });
      expect(await readFile(`/proc/${postgres.pid}/status`, "utf8")).toMatch(
        /^Uid:\t65534\t65534\t65534\t65534$/m,
      );
      expect(await ask(postgres.connection, "select 1")).toEqual([1]);
    }
  },
);

test("a folder that holds something else, or another major version, is refused and not touched", async () => {
  await writeFile(join(folder, "letter.txt"), "Dear reader");
  await expect(start({ dataDir: folder })).rejects.toMatchObject({ code: "database.start_failed" });
  await writeFile(join(folder, "PG_VERSION"), "17\n");
  await expect(start({ dataDir: folder })).rejects.toMatchObject({
    fields: { reason: expect.stringContaining("made by PostgreSQL 17") },
  });
  expect(await readFile(join(folder, "letter.txt"), "utf8")).toBe("Dear reader");
});

test("a server that does not come up says why", async () => {
  const failure = start({ settings: { shared_buffers: "lots" } });
  await expect(failure).rejects.toMatchObject({ code: "database.start_failed" });
  await expect(failure).rejects.toMatchObject({
    fields: { lines: expect.arrayContaining([expect.stringContaining("shared_buffers")]) },
  });
});
