import { readFileSync } from "node:fs";
import { processTree } from "../../tests/lib/gatehouse.ts";

/** USER_HZ of Linux. */
const TICKS_PER_SECOND = 100;

/** Seconds of CPU that a process has used, all its threads together; 0 once it has ended. */
export function cpuSeconds(pid: number): number {
  try {
    // After the name in parentheses; utime and stime are fields 14 and 15 (proc_pid_stat(5)).
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  } catch {
    return 0;
  }
}

/** The same with all its descendants. */
export const treeCpuSeconds = (pid: number): number =>
  processTree(pid).reduce((sum, one) => sum + cpuSeconds(one), 0);
