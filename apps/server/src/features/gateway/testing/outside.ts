import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "@gatehouse/base/testing";

/** Debian packages with the file by which one knows that they are there. */
const PACKAGES: Readonly<Record<string, string>> = {
  mosquitto: "/usr/sbin/mosquitto",
  "mosquitto-clients": "/usr/bin/mosquitto_pub",
  "python3-paho-mqtt": "/usr/lib/python3/dist-packages/paho/mqtt/client.py",
};

/** Ports that are tried: each may be somebody else's between the search for it and its use. */
const MAX_PORTS = 20;

/** Undefined when the packages are there (`npm test` installs them as root), else why a test is skipped. */
export function whyNotInstalled(...names: readonly string[]): string | undefined {
  const missing = names.filter((name) => !existsSync(PACKAGES[name] ?? name));
  return missing.length === 0 ? undefined : `apt-get install ${missing.join(" ")}`;
}

export interface Outcome {
  readonly code: number | null;
  readonly output: string;
}

/** Runs a program to its end. */
export async function run(command: string, ...args: readonly string[]): Promise<Outcome> {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (output += chunk));
  const [code] = await once(child, "close");
  return { code, output };
}

/** A running program with what it has printed so far. */
export function follow(command: string, ...args: readonly string[]) {
  const child: ChildProcess = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  const program = { output: "", end: () => child.kill("SIGKILL"), closed: once(child, "close") };
  child.stdout?.on("data", (chunk) => (program.output += chunk));
  child.stderr?.on("data", (chunk) => (program.output += chunk));
  return program;
}

/** Debian's mosquitto on a free port of loopback; on another one when somebody else was quicker to take it. */
export async function startMosquitto(): Promise<{ port: number } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), "mosquitto-"));
  for (let tries = 1; ; tries++) {
    const port = await freePort();
    await writeFile(
      join(folder, "conf"),
      `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\n`,
    );
    const program = follow("/usr/sbin/mosquitto", "-c", join(folder, "conf"));
    if (!(await isServing(program))) {
      if (tries < MAX_PORTS) continue;
      await rm(folder, { recursive: true });
      throw new Error(`mosquitto ends: ${program.output}`);
    }
    return {
      port,
      async [Symbol.asyncDispose]() {
        program.end();
        await program.closed;
        await rm(folder, { recursive: true });
      },
    };
  }
}

/** Whether the program came so far as to serve; false when it ended before. */
async function isServing(program: ReturnType<typeof follow>): Promise<boolean> {
  let isOver = false;
  const over = program.closed.then(() => {
    isOver = true;
  });
  // Whoever answers on the port may be somebody else: the program says itself when its listener stands.
  while (!isOver && !program.output.includes(" running"))
    await Promise.race([over, new Promise((resolve) => setTimeout(resolve, 20))]);
  return !isOver;
}
