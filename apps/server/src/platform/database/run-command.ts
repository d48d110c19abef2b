import { type ChildProcess, spawn } from "node:child_process";

export interface CommandResult {
  /** Exit code; undefined when a signal ended it or it could not be started. */
  readonly code: number | undefined;
  /** The last of its standard output, at most 4,096 characters. */
  readonly outputText: string;
  /** The last of what it wrote to standard error, at most 4,096 characters. */
  readonly errorText: string;
}

const MAX_TEXT_CHARACTERS = 4_096;

/**
 * What every PostgreSQL program inherits: none of our own environment (it may hold secrets), the root folder
 * as working directory (ours may be unreadable to another user) and a process group of its own, so that
 * Ctrl-C in a terminal reaches only us and the database stops after its users, not before them.
 */
export function spawnDetached(words: readonly string[]): ChildProcess {
  const [program, ...args] = words as [string, ...string[]];
  return spawn(program, args, {
    cwd: "/",
    detached: true,
    env: { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C", TZ: "UTC" },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Runs one command to its end. Never rejects: a program that does not exist has no exit code. */
export function runCommand(words: readonly string[]): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawnDetached(words);
    const text = { output: "", error: "" };
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      text.output = (text.output + chunk).slice(-MAX_TEXT_CHARACTERS);
    });
    child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
      text.error = (text.error + chunk).slice(-MAX_TEXT_CHARACTERS);
    });
    const finish = (code: number | undefined, errorText: string): void =>
      resolve({ code, outputText: text.output, errorText: errorText.trim() });
    child.once("error", (error) => finish(undefined, error.message));
    child.once("close", (code) => finish(code ?? undefined, text.error));
  });
}
