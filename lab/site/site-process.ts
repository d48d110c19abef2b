import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { ControlName } from "../attack.ts";
import type { FromSite, ToSite } from "./messages.ts";

const PROGRAM = fileURLToPath(new URL("process.ts", import.meta.url));
const START_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 60_000;
const WEIGH_WITHIN_MS = 10_000;
const MAX_LAST_WORDS = 2_000;

/** The child in which the site's server runs; started again when an attack has killed it. */
export class SiteProcess {
  #child: ChildProcess | undefined;
  /** The end of what it wrote to stderr. */
  #lastWords = "";

  get isAlive(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Resolves with the set-up link while there is no owner. */
  async start(env: Record<string, string>, off: ControlName | undefined): Promise<string | undefined> {
    if (!this.isAlive) this.#child = this.#fork();
    const reply = await this.#ask({ kind: "start", env, off }, START_WITHIN_MS);
    return reply.kind === "ready" ? reply.setupUrl : undefined;
  }

  async stop(): Promise<void> {
    if (!this.isAlive) return;
    await this.#ask({ kind: "stop" }, STOP_WITHIN_MS).catch(() => this.kill());
  }

  /** Bytes in its buffers; 0 when it is dead. */
  async heldBytes(): Promise<number> {
    if (!this.isAlive) return 0;
    const reply = await this.#ask({ kind: "weigh" }, WEIGH_WITHIN_MS);
    return reply.kind === "weighed" ? reply.heldBytes : 0;
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || !this.isAlive) return;
    const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    child.kill("SIGKILL");
    await exited;
  }

  #fork(): ChildProcess {
    const child = fork(PROGRAM, [], {
      env: {},
      execArgv: ["--no-warnings", "--expose-gc"],
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    this.#lastWords = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      this.#lastWords = (this.#lastWords + chunk.toString()).slice(-MAX_LAST_WORDS);
    });
    return child;
  }

  #ask(message: ToSite, withinMs: number): Promise<FromSite> {
    const child = this.#child as ChildProcess;
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        child.off("message", onMessage).off("exit", onExit);
      };
      const timer = setTimeout(() => {
        end();
        reject(new Error(`the site did not answer to "${message.kind}"`));
      }, withinMs);
      const onMessage = (reply: FromSite): void => {
        end();
        if (reply.kind === "failed") reject(new Error(reply.reason));
        else resolve(reply);
      };
      const onExit = (): void => {
        end();
        reject(new Error(`the site's process ended: ${this.#lastWords}`));
      };
      child.once("message", onMessage).once("exit", onExit);
      child.send(message);
    });
  }
}
