import { type ChildProcessByStdio, spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";

export interface CameraEvent {
  readonly event: string;
  readonly detail?: string;
  readonly settings?: Readonly<Record<string, unknown>>;
}

export interface CameraState {
  readonly live: boolean;
  readonly framesSent: number;
  readonly framesDropped: number;
  readonly connects: number;
  readonly refused: number;
  readonly epoch: number;
  readonly settingsVersion: number;
  readonly serverNowMs: number;
  /** Allocated now. */
  readonly heapBytes: number;
}

const PATIENCE_MS = 90_000;

/** Waits for what happens elsewhere, and says what it waited for when it does not. */
export async function until<T>(what: string, find: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const startedMs = performance.now();
  for (;;) {
    const found = await find();
    if (found !== undefined && found !== false) return found;
    if (performance.now() - startedMs > PATIENCE_MS) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** The four words that the camera shows, or why it could not enrol. */
export async function enrolCamera(
  program: string,
  folder: string,
  by: { readonly suite: string; readonly url: string; readonly code: string },
): Promise<CameraEvent> {
  mkdirSync(folder, { recursive: true });
  const child = spawn(program, ["enrol", folder, by.suite, by.url, by.code], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  for await (const part of child.stdout) output += String(part);
  return JSON.parse(output) as CameraEvent;
}

/** The firmware's core at work, without a board: told what to do, and telling what it does, line by line. */
export class Camera {
  readonly events: CameraEvent[] = [];
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #ended: Promise<number | null>;

  constructor(program: string, folder: string, url?: string) {
    const args = ["run", folder, ...(url === undefined ? [] : [url])];
    this.#child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
    this.#child.stdin.on("error", () => {});
    createInterface({ input: this.#child.stdout }).on(
      "line",
      (line) => void this.events.push(JSON.parse(line) as CameraEvent),
    );
    this.#ended = new Promise((resolve) => this.#child.on("close", (code) => resolve(code)));
  }

  count(event: string, detail?: string): number {
    return this.events.filter((one) => one.event === event && (detail === undefined || one.detail === detail))
      .length;
  }

  tell(line: string): void {
    this.#child.stdin.write(`${line}\n`);
  }

  /** Tells, and waits for the next event of this name. */
  async ask(line: string, event: string): Promise<CameraEvent> {
    const before = this.count(event);
    this.tell(line);
    await until(`${event} after "${line}"`, () => this.count(event) > before || undefined);
    return this.events.filter((one) => one.event === event).at(-1) as CameraEvent;
  }

  async happened(event: string, times = 1, detail?: string): Promise<void> {
    await until(
      `${event} ${detail ?? ""}, ${times} times`,
      () => this.count(event, detail) >= times || undefined,
    );
  }

  async state(): Promise<CameraState> {
    return (await this.ask("state", "state")) as unknown as CameraState;
  }

  /** Exit code: 0 unless the core did what the sanitisers do not forgive. */
  async end(): Promise<number | null> {
    this.tell("quit");
    return this.#ended;
  }
}
