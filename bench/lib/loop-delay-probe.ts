// Loaded into a server before it starts (`--import`): measures its main loop between one SIGUSR2 and the next, and
// writes the figures as JSON into the file that LOOP_DELAY_FILE names.
import { writeFileSync } from "node:fs";
import { isMainThread } from "node:worker_threads";

const EVERY_MS = 5;
const file = process.env.LOOP_DELAY_FILE;

/** Of one turn of a timer: how late it came, and how much of that the main thread itself was at work, ms. */
interface Late {
  readonly lateMs: number;
  readonly ownMs: number;
}

if (isMainThread && file !== undefined && process.argv.includes("start")) {
  let turns: Late[] = [];
  let [atMs, cpuMs] = [performance.now(), ownCpuMs()];
  setInterval(() => {
    const [nowMs, nowCpuMs] = [performance.now(), ownCpuMs()];
    const lateMs = Math.max(0, nowMs - atMs - EVERY_MS);
    turns.push({ lateMs, ownMs: Math.min(lateMs, nowCpuMs - cpuMs) });
    [atMs, cpuMs] = [nowMs, nowCpuMs];
  }, EVERY_MS).unref();
  process.on("SIGUSR2", () => {
    writeFileSync(file, JSON.stringify({ late: figures("lateMs"), own: figures("ownMs") }));
    turns = [];
  });
  const figures = (of: keyof Late): { readonly p99Ms: number; readonly maxMs: number } => {
    const sorted = turns.map((turn) => turn[of]).toSorted((one, other) => one - other);
    return { p99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? 0, maxMs: sorted.at(-1) ?? 0 };
  };
}

function ownCpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
