import { type ChildProcess, fork } from "node:child_process";
import { existsSync } from "node:fs";
import { setPriority } from "node:os";

/** Of util-linux: starts a program with limits that it cannot lift. */
const PRLIMIT = "/usr/bin/prlimit";
/** YOLO11l in 32 bits, read and run once, needs less. */
export const MAX_MEMORY_BYTES = 2 * 2 ** 30;

/**
 * A program of ours in a process with bounded memory, and bounded time of the processor where that is told (on Linux;
 * elsewhere without bounds). It gets nothing of our environment.
 */
export function startLimited(
  program: URL,
  { priority, cpuSeconds }: { readonly priority: number; readonly cpuSeconds?: number },
): ChildProcess {
  const cpu = cpuSeconds === undefined ? [] : [`--cpu=${cpuSeconds}`];
  const limits = [`--data=${MAX_MEMORY_BYTES}`, ...cpu, "--core=0", "--", process.execPath];
  const limited = existsSync(PRLIMIT) ? { execPath: PRLIMIT, execArgv: limits } : { execArgv: [] };
  const child = fork(program, [], {
    ...limited,
    env: {},
    serialization: "advanced",
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  if (child.pid !== undefined) setPriority(child.pid, priority);
  return child;
}
