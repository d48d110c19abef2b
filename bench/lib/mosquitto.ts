import { spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "@gatehouse/base/testing";
import type { FloodClient } from "./flood-worker.ts";

export interface Mosquitto {
  readonly port: number;
  readonly pid: number;
  readonly version: string;
  readonly folder: string;
  end(): Promise<void>;
}

/** Debian's mosquitto with a password file and topic permissions for each user, so that both sides check the same things. */
export async function startMosquitto(
  publishers: readonly FloodClient[],
  subscribers: readonly FloodClient[] = [],
): Promise<Mosquitto> {
  const binary = ensureMosquitto();
  const folder = mkdtempSync(join(tmpdir(), "gatehouse-mosquitto-"));
  chmodSync(folder, 0o755);
  const port = await freePort();
  const passwords = join(folder, "passwords");
  writeFileSync(
    passwords,
    [...publishers, ...subscribers].map((client) => `${client.username}:${client.password}`).join("\n"),
  );
  spawnSync("mosquitto_passwd", ["-U", passwords]);
  chmodSync(passwords, 0o644);
  const acl = join(folder, "acl");
  writeFileSync(
    acl,
    [
      ...publishers.map((client) => `user ${client.username}\ntopic write ${client.topic}\n`),
      ...subscribers.map((client) => `user ${client.username}\ntopic read ${client.topic}\n`),
    ].join("\n"),
  );
  const config = join(folder, "mosquitto.conf");
  writeFileSync(
    config,
    `listener ${port} 127.0.0.1\nallow_anonymous false\npassword_file ${passwords}\nacl_file ${acl}\nmax_queued_messages 0\nmax_inflight_messages 1000\nset_tcp_nodelay true\nlog_dest none\npersistence false\n`,
  );
  const child = spawn(binary, ["-c", config], { stdio: "ignore" });
  await untilListening(port);
  return {
    port,
    pid: child.pid as number,
    folder,
    version: /version ([\d.]+)/.exec(spawnSync(binary, ["-h"], { encoding: "utf8" }).stdout)?.[1] ?? "?",
    async end() {
      child.kill("SIGTERM");
      await new Promise((resolve) => child.once("exit", resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Path of the broker; installed by apt when root, else says how. */
function ensureMosquitto(): string {
  const find = (): string | undefined =>
    ["/usr/sbin/mosquitto", "/usr/bin/mosquitto", "/usr/local/sbin/mosquitto"].find((path) =>
      existsSync(path),
    );
  if (find() === undefined && process.getuid?.() === 0)
    spawnSync("apt-get", ["install", "-y", "--no-install-recommends", "mosquitto", "mosquitto-clients"], {
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" },
    });
  const binary = find();
  if (binary === undefined)
    throw new Error("mosquitto is not installed; on Debian: apt-get install mosquitto mosquitto-clients");
  return binary;
}

export async function untilListening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1");
      socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
      socket.once("connect", () => socket.destroy());
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`nothing listens on port ${port}`);
}

/** What a person would build beside mosquitto: a subscriber that writes to SQLite in batches. */
export async function startSqliteSubscriber(
  broker: Mosquitto,
  client: FloodClient,
): Promise<{ pid: number; stop(): Promise<number> }> {
  const worker = fileURLToPath(new URL("./sqlite-subscriber.ts", import.meta.url));
  const child = spawn(
    process.execPath,
    [
      "--no-warnings",
      worker,
      String(broker.port),
      client.username,
      client.password,
      join(broker.folder, "readings.db"),
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  let output = "";
  await new Promise<void>((resolve) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      if (output.includes("ready")) resolve();
    });
  });
  return {
    pid: child.pid as number,
    async stop() {
      child.kill("SIGTERM");
      await new Promise((resolve) => child.once("exit", resolve));
      return Number(/stored (\d+)/.exec(output)?.[1] ?? 0);
    },
  };
}
