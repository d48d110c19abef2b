import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { FloodPlan, FloodReport } from "./flood-worker.ts";

const WORKER = fileURLToPath(new URL("./flood-worker.ts", import.meta.url));

/** Runs the flood in a process of its own; `onSecond` hears its counts once a second. */
export async function flood(plan: FloodPlan, onSecond?: (report: FloodReport) => void): Promise<FloodReport> {
  const child = spawn(process.execPath, ["--no-warnings", WORKER], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(JSON.stringify(plan));
  let last: FloodReport | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    last = JSON.parse(line) as FloodReport;
    if (!last.done) onSecond?.(last);
  }
  if (last?.done !== true) throw new Error("the load generator ended early");
  return last;
}
