import { spawn } from "node:child_process";
import type { Clock } from "@gatehouse/base";
import type { AllowedCommand } from "../config/schema.ts";

export interface RunResult {
  readonly ok: boolean;
  /** How it ended, in a few words. */
  readonly reason: string;
  /** The beginning of what it wrote, standard output and error together. */
  readonly output: string;
  readonly truncated: boolean;
}

/** Nothing of the agent's own environment. */
const ENVIRONMENT = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", LANG: "C.UTF-8" };
/** Between asking a program to end and ending it. */
const GRACE_MS = 2_000;

/**
 * Runs exactly the argv that the machine's owner wrote down: no shell, no argument from outside, no input, bounded in
 * time and output. What it started goes with it.
 */
export function runAllowed(command: AllowedCommand, clock: Clock): Promise<RunResult> {
  const [program, ...args] = command.argv as [string, ...string[]];
  const child = spawn(program, args, {
    cwd: "/",
    env: ENVIRONMENT,
    stdio: ["ignore", "pipe", "pipe"],
    // A process group of its own, so that all of it can be ended.
    detached: true,
  });
  let output = Buffer.alloc(0);
  let truncated = false;
  let timedOut = false;
  const collect = (chunk: Buffer): void => {
    const room = command.maxOutputBytes - output.length;
    truncated ||= chunk.length > room;
    if (room > 0) output = Buffer.concat([output, chunk.subarray(0, room)]);
  };
  child.stdout.on("data", collect);
  child.stderr.on("data", collect);
  const timer = clock.after(command.timeoutSeconds * 1000, () => {
    timedOut = true;
    signalGroup(child.pid, "SIGTERM");
    clock.after(GRACE_MS, () => signalGroup(child.pid, "SIGKILL"));
  });
  return new Promise((resolve) => {
    const finish = (ok: boolean, reason: string): void => {
      timer.cancel();
      resolve({ ok, reason, output: readable(output), truncated });
    };
    child.once("error", (error: NodeJS.ErrnoException) => finish(false, `not started (${error.code})`));
    child.once("exit", (code, signal) => {
      // Whoever it left behind may hold its output open for ever.
      signalGroup(child.pid, "SIGKILL");
      setImmediate(() => {
        child.stdout.destroy();
        child.stderr.destroy();
        if (timedOut) finish(false, `ended after ${command.timeoutSeconds} s`);
        else if (code === 0) finish(true, "done");
        else finish(false, code === null ? `ended by ${signal}` : `exit code ${code}`);
      });
    });
  });
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody is left.
  }
}

/** Text that any log can hold. */
const readable = (bytes: Buffer): string =>
  bytes.toString("utf8").replaceAll("\0", "\u{fffd}").toWellFormed().trimEnd();
