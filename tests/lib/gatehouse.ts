import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { freePort } from "@gatehouse/base/testing";
import { callLocalSocket } from "../../apps/server/src/platform/http/local-socket.ts";
import type { FloodClient } from "../../bench/lib/flood-worker.ts";
import { askAgain, fetchAgain, saysBusy } from "./ask-again.ts";
import { cookiesOf } from "./session.ts";

export const OWNER_PASSWORD = "plum-harbour-tunnel-49-otter";

export const MAIN = fileURLToPath(new URL("../../apps/server/src/main.ts", import.meta.url));

export interface Gatehouse {
  readonly url: string;
  readonly setupUrl: string | undefined;
  readonly mqttsPort: number;
  readonly mqttPort: number;
  readonly dataDir: string;
  readonly pid: number;
  /** Session cookies of the owner. */
  readonly cookie: string;
  call<T>(method: string, path: string, body?: unknown): Promise<T>;
  createDevices(count: number, typeId?: string): Promise<(FloodClient & { deviceId: string })[]>;
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Starts again on the same data folder and ports; milliseconds until ready. */
  restart(): Promise<number>;
  /** Stops and removes the data folder. */
  end(): Promise<void>;
}

/** A server of its own: new data folder, free loopback ports, an owner, and limits that a benchmark may exceed. */
export async function startGatehouse(
  env: Record<string, string> = {},
  options: { readonly owner?: boolean } = {},
): Promise<Gatehouse> {
  const dataDir = mkdtempSync(join(tmpdir(), "gatehouse-run "));
  const [httpPort, mqttPort, tlsPort] = [await freePort(), await freePort(), await freePort()];
  const fullEnv = {
    ...process.env,
    GATEHOUSE_DATA_DIR: dataDir,
    GATEHOUSE_HTTP_PORT: String(httpPort),
    GATEHOUSE_MQTT_PORT: String(mqttPort),
    GATEHOUSE_MQTT_TLS_PORT: String(tlsPort),
    GATEHOUSE_LOG_LEVEL: "warn",
    GATEHOUSE_HTTP_PER_MINUTE: "1000000",
    GATEHOUSE_MQTT_MAX_MESSAGES_PER_SECOND: "1000000",
    ...env,
  };
  const unrecorded: string[] = [];
  const started = await launch(fullEnv, unrecorded);
  let child = started.child;
  const url = `http://localhost:${httpPort}`;
  const cookie = options.owner === false ? "" : await createOwner(url, started.setupUrl);
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const reply = await askAgain(
      () => callLocalSocket(dataDir, method, path, body),
      (answer) => saysBusy(answer?.status, (answer?.body as { code?: string } | undefined)?.code),
    );
    if (reply === undefined || reply.status >= 300)
      throw new Error(`${method} ${path}: ${JSON.stringify(reply)}`);
    return reply.body as T;
  };
  const exited = (): Promise<void> =>
    new Promise((resolve) =>
      child.exitCode !== null || child.signalCode !== null ? resolve() : child.once("exit", () => resolve()),
    );
  return {
    url,
    setupUrl: started.setupUrl,
    mqttPort,
    mqttsPort: tlsPort,
    dataDir,
    cookie,
    get pid() {
      return child.pid as number;
    },
    call,
    createDevices: (count, typeId = "plug") => createDevices(call, count, typeId),
    async kill(signal) {
      child.kill(signal);
      await exited();
    },
    async restart() {
      const before = performance.now();
      child = (await launch(fullEnv, unrecorded)).child;
      return performance.now() - before;
    },
    async end() {
      child.kill("SIGTERM");
      await exited();
      rmSync(dataDir, { recursive: true, force: true });
      if (unrecorded.length > 0) throw new Error(`changes without an entry in the ledger: ${unrecorded}`);
    },
  };
}

/** `unrecorded` takes what the server says of changes that the ledger has nothing of. */
async function launch(
  env: NodeJS.ProcessEnv,
  unrecorded: string[],
): Promise<{ child: ChildProcess; setupUrl: string | undefined }> {
  const child = spawn(process.execPath, ["--no-warnings", MAIN, "start", "--json"], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  createInterface({ input: child.stderr }).on("line", (line) => {
    process.stderr.write(`${line}\n`);
    if (line.includes("ledger.unrecorded")) unrecorded.push(line);
  });
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith("{")) continue;
    const ready = JSON.parse(line) as { setupUrl?: string };
    child.stdout.resume();
    return { child, setupUrl: ready.setupUrl };
  }
  throw new Error("the server ended before it was ready");
}

export async function createOwner(url: string, setupUrl: string | undefined): Promise<string> {
  const token = new URLSearchParams(new URL(setupUrl ?? "").hash.slice(1)).get("token");
  const reply = await fetchAgain(`${url}/api/v1/setup`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      token,
      organisation: "Bench",
      name: "Bench Owner",
      email: "owner@example.org",
      password: OWNER_PASSWORD,
      language: "en",
    }),
  });
  if (!reply.ok) throw new Error(`setup: ${await reply.text()}`);
  return cookiesOf(reply);
}

async function createDevices(
  call: Gatehouse["call"],
  count: number,
  typeId: string,
): Promise<(FloodClient & { deviceId: string })[]> {
  const { items } = await call<{ items: { id: string }[] }>("GET", "/api/v1/sites");
  const clients: (FloodClient & { deviceId: string })[] = [];
  for (let i = 0; i < count; i++) {
    const name = `load-${String(i).padStart(5, "0")}`;
    const made = await call<{ device: { id: string }; key: { apiKey: string } }>("POST", "/api/v1/devices", {
      name,
      typeId,
      siteId: items[0]?.id,
    });
    clients.push({
      clientId: name,
      username: name,
      password: made.key.apiKey,
      topic: `gh/${name}/up/telemetry`,
      deviceId: made.device.id,
    });
  }
  return clients;
}

/** A process and all its descendants, whichever thread started them. */
export const processTree = (pid: number): number[] => [pid, ...childrenOf(pid).flatMap(processTree)];

/** Proportional set size of a process and all its descendants, in bytes. */
export const treePssBytes = (pid: number): number =>
  processTree(pid).reduce((sum, one) => sum + pssBytes(one), 0);

function childrenOf(pid: number): number[] {
  const tasks = whileItLives(() => readdirSync(`/proc/${pid}/task`)) ?? [];
  return tasks.flatMap((task) => {
    const children = whileItLives(() => readFileSync(`/proc/${pid}/task/${task}/children`, "utf8")) ?? "";
    return children.split(" ").filter(Boolean).map(Number);
  });
}

/** Proportional set size of one process (smaps_rollup): 0 once it has ended, an error when it cannot be read. */
export function pssBytes(pid: number): number {
  const rollup = whileItLives(() => readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"));
  if (rollup === undefined) return 0;
  const kib = /^Pss:\s+(\d+) kB/m.exec(rollup)?.[1];
  if (kib === undefined) throw new Error(`/proc/${pid}/smaps_rollup has no Pss`);
  return Number(kib) * 1024;
}

/** Undefined for a process or thread that has ended: its files are gone or, once it is a zombie, refuse to be read. */
function whileItLives<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ESRCH") return undefined;
    throw error;
  }
}
