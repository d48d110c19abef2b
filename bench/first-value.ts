import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { freePort } from "@gatehouse/base/testing";
import mqtt from "mqtt";
import { createOwner } from "../tests/lib/gatehouse.ts";
import type { Bench } from "./run.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

interface Ready {
  readonly url: string;
  readonly setupUrl: string;
  readonly deviceUrls: readonly string[];
}

export const bench: Bench = {
  describe: "from `git clone` of HEAD into a folder with a space to the first value read back",
  async run() {
    const folder = mkdtempSync(join(tmpdir(), "gatehouse first value "));
    const startedMs = performance.now();
    const since = (): number => (performance.now() - startedMs) / 1000;
    execFileSync("git", ["clone", "--quiet", ROOT, join(folder, "clone")]);
    const cloned = since();
    const server = await start(join(folder, "clone"));
    const ready = since();
    try {
      await firstValue(server.ready);
    } finally {
      server.stop();
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
    }
    return {
      figures: { cloned_s: cloned, ready_s: ready, first_value_s: since() },
      targets: { first_value_s: "<= 180" },
    };
  },
};

/** `npm start` as a newcomer's shell would run it, on ports of its own. */
async function start(folder: string): Promise<{ ready: Ready; stop(): void }> {
  const env = {
    PATH: process.env.PATH?.split(":")
      .filter((part) => !part.includes("node_modules"))
      .join(":"),
    HOME: process.env.HOME,
    GATEHOUSE_HTTP_PORT: String(await freePort()),
    GATEHOUSE_MQTT_PORT: String(await freePort()),
    GATEHOUSE_MQTT_TLS_PORT: String(await freePort()),
  };
  const child = spawn("npm", ["start", "--", "--json"], {
    cwd: folder,
    env,
    detached: true,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const stop = (): void => void process.kill(-(child.pid as number), "SIGINT");
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith("{")) return { ready: JSON.parse(line) as Ready, stop };
  }
  throw new Error("npm start ended before the server was ready");
}

async function firstValue({ url, setupUrl, deviceUrls }: Ready): Promise<void> {
  const cookie = await createOwner(url, setupUrl);
  const call = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const reply = await fetch(`${url}${path}`, {
      method,
      headers: { cookie, ...(body === undefined ? {} : { "content-type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!reply.ok) throw new Error(`${method} ${path}: ${await reply.text()}`);
    return (await reply.json()) as T;
  };
  const { items } = await call<{ items: { id: string }[] }>("GET", "/api/v1/sites");
  const made = await call<{ device: { id: string }; key: { apiKey: string } }>("POST", "/api/v1/devices", {
    name: "kitchen",
    typeId: "thermometer",
    siteId: items[0]?.id,
  });
  const client = await mqtt.connectAsync(deviceUrls[0] ?? "", {
    username: "kitchen",
    password: made.key.apiKey,
  });
  await client.publishAsync("gh/kitchen/up/telemetry", '{"temperature": 21.4}', { qos: 1 });
  await client.endAsync();
  const { last } = await call<{ last: { value: unknown }[] }>("GET", `/api/v1/devices/${made.device.id}`);
  if (last[0]?.value !== 21.4) throw new Error("the value is not there");
}
