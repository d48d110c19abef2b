import { readFileSync } from "node:fs";
import { processTree } from "../../tests/lib/gatehouse.ts";

/** USER_HZ of Linux. */
const TICKS_PER_SECOND = 100;

/** Seconds of CPU that a process has used, all its threads together; 0 once it has ended. */
export const cpuSeconds = (pid: number): number => secondsIn(pid, OWN);

/** The same with all its descendants, also those that have ended since: their parent is told when it waits for them. */
export const treeCpuSeconds = (pid: number): number =>
  processTree(pid).reduce((sum, one) => sum + secondsIn(one, WITH_WAITED_FOR), 0);

/** Fields after the name in parentheses: utime, stime, cutime, cstime (proc_pid_stat(5)). */
const OWN = [11, 12];
const WITH_WAITED_FOR = [11, 12, 13, 14];

function secondsIn(pid: number, fields: readonly number[]): number {
  try {
    const values = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    return fields.reduce((sum, field) => sum + Number(values[field]), 0) / TICKS_PER_SECOND;
  } catch {
    return 0;
  }
}
