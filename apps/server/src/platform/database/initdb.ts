import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { AppError } from "@gatehouse/base";
import type { PostgresBinaries } from "./binaries.ts";
import { giveFolder, type Launcher } from "./launcher.ts";
import { runCommand } from "./run-command.ts";

/** The owner of everything in the embedded database. */
export const SUPERUSER = "gatehouse";

const MAJOR_VERSION = "18";

const INITDB_ARGUMENTS = [
  `--username=${SUPERUSER}`,
  "--encoding=UTF8",
  // Sorting that no upgrade of the operating system's locales can change under an index.
  "--locale-provider=builtin",
  "--locale=C.UTF-8",
  "--lc-messages=C",
  // The only way in is a socket inside a 0700 folder: whoever reaches it already owns the files.
  "--auth=trust",
];

/**
 * Makes sure that a whole database cluster of our version is at `dataDir`. A new one is made beside it and
 * renamed, so that a power cut leaves either none or all of it.
 */
export async function ensureCluster(
  dataDir: string,
  binaries: PostgresBinaries,
  launcher: Launcher,
): Promise<void> {
  const version = await readFile(join(dataDir, "PG_VERSION"), "utf8").catch(() => undefined);
  if (version === undefined) return createCluster(dataDir, binaries, launcher);
  if (version.trim() === MAJOR_VERSION) return giveFolder(dataDir, launcher);
  const reason = `the data folder ${dataDir} was made by PostgreSQL ${version.trim()}, this is ${MAJOR_VERSION}`;
  throw new AppError("database.start_failed", { reason });
}

async function createCluster(dataDir: string, binaries: PostgresBinaries, launcher: Launcher): Promise<void> {
  if ((await readdir(dataDir).catch(() => [])).length > 0) {
    const reason = `the folder ${dataDir} is not empty and holds no database`;
    throw new AppError("database.start_failed", { reason });
  }
  const parent = dirname(dataDir);
  const prefix = `${basename(dataDir)}.initdb-`;
  await removeLeftovers(parent, prefix);
  const unfinished = join(parent, `${prefix}${process.pid}`);
  await mkdir(unfinished, { mode: 0o700 });
  await giveFolder(unfinished, launcher);
  const words = [...launcher.prefix, binaries.initdb, "-D", unfinished, ...INITDB_ARGUMENTS];
  const { code, errorText } = await runCommand(words);
  if (code !== 0) {
    await rm(unfinished, { recursive: true, force: true });
    throw new AppError("database.start_failed", { reason: "initdb failed", errorText });
  }
  await rename(unfinished, dataDir);
  await flushFolder(parent);
}

/** Removes folders named `<prefix><pid>` whose process is gone. */
export async function removeLeftovers(parent: string, prefix: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const pid = Number(name.slice(prefix.length));
    if (!name.startsWith(prefix) || !Number.isSafeInteger(pid) || pid <= 0) continue;
    if (pid === process.pid || !isAlive(pid)) await rm(join(parent, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

/** Makes a rename survive a power cut (fsync(2), "directory entries"). */
async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
