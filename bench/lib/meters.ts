import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { MeterOrder, MeterReply } from "./meters-worker.ts";

const WORKER = fileURLToPath(new URL("meters-worker.ts", import.meta.url));

/** A process full of meters. */
export class MeterProcess {
  readonly #child: ChildProcess;

  constructor() {
    this.#child = fork(WORKER, {
      execArgv: ["--no-warnings"],
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
  }

  /** One order at a time; rejects when the process could not carry it out. */
  async order<K extends MeterReply["kind"]>(
    order: MeterOrder,
    kind: K,
  ): Promise<Extract<MeterReply, { kind: K }>> {
    const reply = await new Promise<MeterReply>((resolve, reject) => {
      this.#child.once("message", (message: MeterReply) => resolve(message));
      this.#child.once("exit", (code) => reject(new Error(`the meters ended (${code})`)));
      this.#child.send(order);
    });
    if (reply.kind !== kind) throw new Error(JSON.stringify(reply));
    return reply as Extract<MeterReply, { kind: K }>;
  }

  async end(): Promise<void> {
    const exited = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.disconnect();
    await exited;
  }
}
