import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { SubscribePlan, SubscribeReport } from "./subscribe-worker.ts";

const WORKER = fileURLToPath(new URL("./subscribe-worker.ts", import.meta.url));

export interface Subscribers {
  /** As it was when all were connected. */
  readonly joined: SubscribeReport;
  /** At most a quarter of a second old. */
  latest(): SubscribeReport;
  end(): Promise<void>;
}

/** Subscribers (or idle connections) in a process of their own; resolves when all are connected. */
export async function startSubscribers(plan: SubscribePlan): Promise<Subscribers> {
  const child = spawn(process.execPath, ["--no-warnings", WORKER], { stdio: ["pipe", "pipe", "inherit"] });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.stdin.end(JSON.stringify(plan));
  let latest: SubscribeReport | undefined;
  const joined = await new Promise<SubscribeReport>((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      latest = JSON.parse(line) as SubscribeReport;
      if (latest.ready) resolve(latest);
    });
    void exited.then(() => reject(new Error("the subscribers ended early")));
  });
  return {
    joined,
    latest: () => latest ?? joined,
    async end() {
      child.kill("SIGTERM");
      await exited;
    },
  };
}
