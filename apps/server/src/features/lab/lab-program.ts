import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { AppError, type Clock } from "@gatehouse/base";
import { lab } from "@gatehouse/contract";
import { Type } from "typebox";
import { Value } from "typebox/value";

const MAIN = fileURLToPath(new URL("../../../../../lab/main.ts", import.meta.url));
const LIST_WITHIN_MS = 30_000;
/** Longest time of a run; the attacks take a minute. */
const RUN_WITHIN_MS = 10 * 60_000;
/** The lab removes its site when it is told to stop; then it is ended, and its site removes itself. */
const STOP_WITHIN_MS = 8_000;
const MAX_ERROR_LENGTH = 2_000;

export interface RunningLab {
  /** Resolves when the process is gone: undefined, or its last words when it failed. */
  readonly ended: Promise<string | undefined>;
  stop(): void;
}

/** The lab's own program, a process beside this one; nothing is shared with it but its lines. */
export class LabProgram {
  readonly #clock: Clock;
  #attacks: Promise<readonly lab.LabAttack[]> | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  attacks(): Promise<readonly lab.LabAttack[]> {
    this.#attacks ??= list().catch((error: unknown) => {
      this.#attacks = undefined;
      throw error;
    });
    return this.#attacks;
  }

  run(attacks: readonly string[], onLine: (text: string) => void): RunningLab {
    const chosen = attacks.flatMap((name) => ["--attack", name]);
    const child = spawn(process.execPath, ["--no-warnings", MAIN, "--quick", "--events", ...chosen], {
      env: {},
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-MAX_ERROR_LENGTH);
    });
    createInterface({ input: child.stdout }).on("line", onLine);
    const stop = (): void => this.#stop(child);
    const limit = this.#clock.after(RUN_WITHIN_MS, stop);
    const ended = new Promise<string | undefined>((resolve) => {
      child.once("error", (error) => resolve(error.message));
      child.once("close", (code) => resolve(code === 0 || code === 1 ? said.trim() || undefined : said));
    }).finally(() => limit.cancel());
    return { ended, stop };
  }

  #stop(child: ChildProcess): void {
    child.kill("SIGTERM");
    const timer = this.#clock.after(STOP_WITHIN_MS, () => child.kill("SIGKILL"));
    child.once("exit", () => timer.cancel());
  }
}

function list(): Promise<readonly lab.LabAttack[]> {
  if (!existsSync(MAIN)) return Promise.reject(new AppError("lab.unavailable"));
  return new Promise((resolve, reject) => {
    const args = ["--no-warnings", MAIN, "--list"];
    execFile(process.execPath, args, { env: {}, timeout: LIST_WITHIN_MS }, (error, stdout) => {
      try {
        if (error !== null) throw error;
        const attacks: unknown = JSON.parse(stdout);
        if (!Value.Check(Type.Array(lab.LabAttack), attacks)) throw new Error("not a list of attacks");
        resolve(attacks);
      } catch (cause) {
        reject(new AppError("lab.unavailable", {}, { cause }));
      }
    });
  });
}
