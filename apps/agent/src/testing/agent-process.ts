import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** Another machine's Node, where one is given (tools/arm64.ts). */
const NODE = process.env.AGENT_NODE ?? process.execPath;
const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Who runs it, where root runs the tests: another user's id. */
type AsUser = { readonly uid?: number };

const userOf = ({ uid }: AsUser): object => (uid === undefined ? {} : { uid, gid: uid });

/** Runs one command of the agent to its end. */
export function runCommand(args: readonly string[], input = "", as: AsUser = {}): Promise<Ended> {
  const child = spawn(NODE, ["--no-warnings", MAIN, ...args], { stdio: "pipe", ...userOf(as) });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  child.stdin.end(input);
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, stdout, stderr })));
}

export interface AgentProcess {
  readonly lines: Record<string, unknown>[];
  readonly exited: Promise<number | null>;
  readonly pid: number;
  kill(signal: NodeJS.Signals): Promise<void>;
  logged(event: string): boolean;
}

/** The agent at work, as a process of its own. */
export function startProcess(stateDir: string, root = "/", as: AsUser = {}): AgentProcess {
  const child: ChildProcess = spawn(
    NODE,
    ["--no-warnings", MAIN, "run", "--state-dir", stateDir, "--root", root],
    { stdio: "pipe", ...userOf(as) },
  );
  child.stdin?.end();
  // Passed on, not handed down: a process that is left behind must not keep the test run's output open.
  child.stderr?.on("data", (said) => process.stderr.write(said));
  const lines: Record<string, unknown>[] = [];
  if (child.stdout)
    createInterface({ input: child.stdout }).on("line", (line) => lines.push(JSON.parse(line)));
  const exited = new Promise<number | null>((resolve) => child.on("exit", resolve));
  return {
    lines,
    exited,
    pid: child.pid as number,
    async kill(signal) {
      child.kill(signal);
      await exited;
    },
    logged: (event) => lines.some(({ msg }) => msg === event),
  };
}

/** A configuration file as its owner would write it. */
export function writeConfig(stateDir: string, config: object): void {
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  writeFileSync(join(stateDir, "agent.json"), JSON.stringify(config), { mode: 0o600 });
}
