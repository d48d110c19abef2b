import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { AppError, type Clock, type Logger } from "@gatehouse/base";
import { forwardLogLine, isReadyLine } from "./postgres-log.ts";
import { spawnDetached } from "./run-command.ts";

/** One life of the server, from ready to gone. */
export interface PostgresProcess {
  readonly pid: number;
  /** Resolves when the process is gone, with how it ended: `code 1` or `signal SIGKILL`. Never rejects. */
  readonly ended: Promise<string>;
  /** Ends it in order (PostgreSQL's fast shutdown), with growing force when that takes too long. */
  stop(): Promise<void>;
}

interface Surroundings {
  readonly log: Logger;
  readonly clock: Clock;
}

/** Replaying the log after a power cut takes time, but not this much with a small max_wal_size. */
const READY_WITHIN_MS = 180_000;

/** Fast shutdown, immediate shutdown, end (PostgreSQL 18 §18.5). */
const STOP_STEPS = [
  { signal: "SIGINT", waitMs: 20_000 },
  { signal: "SIGQUIT", waitMs: 5_000 },
  { signal: "SIGKILL", waitMs: 5_000 },
] as const;

const KEPT_LOG_LINES = 20;

/** Its children may hold the log open for a moment after its end. */
const LAST_WORDS_WITHIN_MS = 1_000;

/**
 * Starts the postmaster and resolves when it accepts connections; rejects with `database.start_failed`,
 * whose `lines` are the end of its log.
 */
export async function spawnPostgres(
  words: readonly string[],
  around: Surroundings,
): Promise<PostgresProcess> {
  const child = spawnDetached(words);
  const ended = new Promise<string>((resolve) => {
    child.once("exit", (code, signal) => resolve(signal === null ? `code ${code}` : `signal ${signal}`));
    child.once("error", (error) => resolve(error.message));
  });
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const lines: string[] = [];
  const ready = new Promise<"ready">((resolve) => {
    readLines(child, (line) => {
      forwardLogLine(line, around.log);
      lines.push(line);
      if (lines.length > KEPT_LOG_LINES) lines.shift();
      if (isReadyLine(line)) resolve("ready");
    });
  });
  const stop = (): Promise<void> => stopChild(child, ended, around.clock);
  const outcome = await Promise.race([ready, ended, timeout(around.clock, READY_WITHIN_MS)]);
  if (outcome === "ready") return { pid: child.pid as number, ended, stop };
  await stop();
  await Promise.race([closed, timeout(around.clock, LAST_WORDS_WITHIN_MS)]);
  throw new AppError("database.start_failed", { reason: outcome ?? "not ready in time", lines });
}

function readLines(child: ChildProcess, onLine: (line: string) => void): void {
  child.stdout?.resume();
  if (child.stderr) createInterface({ input: child.stderr }).on("line", onLine);
}

async function stopChild(child: ChildProcess, ended: Promise<string>, clock: Clock): Promise<void> {
  for (const { signal, waitMs } of STOP_STEPS) {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await Promise.race([ended, timeout(clock, waitMs)]);
  }
}

function timeout(clock: Clock, afterMs: number): Promise<undefined> {
  return new Promise((resolve) => clock.after(afterMs, () => resolve(undefined)));
}
