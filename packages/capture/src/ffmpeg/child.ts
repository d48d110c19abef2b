import { type ChildProcessByStdio, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { setPriority } from "node:os";
import type { Readable, Writable } from "node:stream";

/** Kept of what it says when it fails. */
const MAX_WORDS = 400;
const AFTER_ALL_OTHERS = 19;
const TICK_MS = 10;

export interface FfmpegEvents {
  onData(this: void, chunk: Buffer): void;
  /** Once; with what it said last where it failed. */
  onEnd(this: void, failure: string | undefined): void;
}

/** Quiet, with one thread, and with no way to ask, open or reach anything but its pipes. Followed by what to read. */
export const PIPES_ALONE: readonly string[] = [
  ...["-nostdin", "-hide_banner", "-loglevel", "error", "-threads", "1"],
  ...["-protocol_whitelist", "pipe"],
];

/**
 * ffmpeg as a child of the lowest priority, without environment. `args` are no shell's. What it does not read of its input in
 * time waits in memory: see `waitingBytes`.
 */
export class Ffmpeg {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly ended: Promise<void>;

  constructor(program: string, args: readonly string[], { onData, onEnd }: FfmpegEvents) {
    const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"], env: {} });
    this.#child = child;
    if (child.pid !== undefined) lower(child.pid);
    let words = "";
    child.stderr.on("data", (chunk: Buffer) => {
      words = (words + chunk.toString()).slice(-MAX_WORDS);
    });
    child.stdout.on("data", onData);
    // It may end before it read everything.
    child.stdin.on("error", () => undefined);
    child.once("error", (error) => {
      words = error.message;
    });
    this.ended = new Promise((done) => {
      child.once("close", (code) => {
        onEnd(code === 0 ? undefined : words.trim() || `ffmpeg ended with ${code}`);
        done();
      });
    });
  }

  get waitingBytes(): number {
    return this.#child.stdin.writableLength;
  }

  /** Time of processors that it took until now; undefined where the system does not tell. */
  async processorMs(): Promise<number | undefined> {
    const stat = await readFile(`/proc/${this.#child.pid}/stat`, "latin1").catch(() => "");
    // After the name in brackets, from the third field on: 14 is user time, 15 system time, in hundredths (proc(5)).
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const ticks = Number(fields[11]) + Number(fields[12]);
    return Number.isFinite(ticks) ? ticks * TICK_MS : undefined;
  }

  write(bytes: Uint8Array): void {
    if (this.#child.stdin.writable) this.#child.stdin.write(bytes);
  }

  /** No more input; what there is, is worked off. */
  finish(): void {
    this.#child.stdin.end();
  }

  /** What it writes waits in the pipe. */
  pause(): void {
    this.#child.stdout.pause();
  }

  resume(): void {
    this.#child.stdout.resume();
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }
}

function lower(pid: number): void {
  try {
    setPriority(pid, AFTER_ALL_OTHERS);
  } catch {
    // It ended already, or the system knows no priorities.
  }
}
