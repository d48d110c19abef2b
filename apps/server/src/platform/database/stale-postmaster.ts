import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AppError, type Logger } from "@gatehouse/base";
import { runCommand } from "./run-command.ts";
import { socketPath } from "./socket-folder.ts";

/** Holds the pid of the program whose child the postmaster is. */
const SUPERVISOR_FILE = "gatehouse-supervisor.pid";

const PATIENCE = [
  { signal: "SIGINT", waitMs: 20_000 },
  { signal: "SIGQUIT", waitMs: 10_000 },
] as const;

const POLL_MS = 25;

/**
 * Makes way for a new postmaster. PostgreSQL believes its postmaster.pid as long as any process has that
 * pid, which after a reboot or in a container is often somebody else's; so we look whether it is really the
 * postmaster of this folder. One that outlived its program is stopped; one whose program lives is refused.
 */
export async function clearStalePostmaster(dataDir: string, socketDir: string, log: Logger): Promise<void> {
  const pid = await readPid(join(dataDir, "postmaster.pid"));
  if (pid === undefined) return;
  const postmaster = await findPostmaster(pid, dataDir);
  if (postmaster !== undefined) {
    const supervisorPid = await readPid(join(dataDir, SUPERVISOR_FILE));
    if (postmaster.parentPid === supervisorPid)
      throw new AppError("database.in_use", { dataDir, supervisorPid });
    log.warn({ pid }, "database.orphan_found");
    await stopOrphan(pid, dataDir);
  } else {
    log.info({ pid }, "database.stale_lock_removed");
  }
  const socket = socketPath(socketDir);
  for (const file of [join(dataDir, "postmaster.pid"), socket, `${socket}.lock`])
    await rm(file, { force: true });
}

/** Remembers us as the parent of the postmaster about to be started. */
export async function recordSupervisor(dataDir: string): Promise<void> {
  await writeFile(join(dataDir, SUPERVISOR_FILE), `${process.pid}\n`);
}

/** First line of the file as a pid; undefined when there is no such file or it is broken. */
async function readPid(file: string): Promise<number | undefined> {
  const text = await readFile(file, "utf8").catch(() => "");
  const pid = Number.parseInt(text, 10);
  return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
}

interface Postmaster {
  readonly parentPid: number;
}

async function findPostmaster(pid: number, dataDir: string): Promise<Postmaster | undefined> {
  const found = process.platform === "linux" ? await readProc(pid) : await askPs(pid);
  return found?.command.includes(`-D ${dataDir} `) ? { parentPid: found.parentPid } : undefined;
}

interface FoundProcess {
  readonly parentPid: number;
  /** The words of its command line, a space after each. */
  readonly command: string;
}

async function readProc(pid: number): Promise<FoundProcess | undefined> {
  try {
    const command = (await readFile(`/proc/${pid}/cmdline`, "utf8")).replaceAll("\0", " ");
    // proc_pid_stat(5): "pid (name) state ppid …", where the name may hold anything.
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    const parentPid = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
    return { parentPid, command };
  } catch {
    return undefined;
  }
}

async function askPs(pid: number): Promise<FoundProcess | undefined> {
  const { outputText } = await runCommand(["ps", "-ww", "-o", "ppid=,args=", "-p", String(pid)]);
  const match = /^\s*(\d+)\s+(.*)$/m.exec(outputText);
  return match ? { parentPid: Number(match[1]), command: `${match[2]} ` } : undefined;
}

async function stopOrphan(pid: number, dataDir: string): Promise<void> {
  for (const { signal, waitMs } of PATIENCE) {
    sendSignal(pid, signal);
    for (let waitedMs = 0; waitedMs < waitMs; waitedMs += POLL_MS) {
      if ((await findPostmaster(pid, dataDir)) === undefined) return;
      await sleep(POLL_MS);
    }
  }
  throw new AppError("database.in_use", { dataDir, pid });
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
