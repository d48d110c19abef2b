import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import {
  type AgentProcess,
  runCommand,
  startProcess,
  writeConfig,
} from "../../apps/agent/src/testing/agent-process.ts";
import { type Gatehouse, startGatehouse } from "../lib/gatehouse.ts";
import { until } from "../lib/until.ts";

// The agent as a process of its own against the whole program: settings made by a person, taken by a machine.

interface Enrolled {
  readonly id: string;
  readonly stateDir: string;
}

interface View {
  readonly state: string;
  readonly wanted?: { readonly version: number };
  readonly refusedReason?: string;
  readonly device?: {
    readonly version: number;
    readonly takes: boolean;
    readonly settings?: { readonly intervalSeconds: number };
    readonly commands: readonly string[];
  };
}

let server: Gatehouse;
let folder: string;
let count = 0;
const agents: AgentProcess[] = [];

beforeAll(async () => {
  server = await startGatehouse();
  folder = mkdtempSync(join(tmpdir(), "settings of agents "));
});
afterEach(async () => {
  for (const agent of agents.splice(0)) await agent.kill("SIGKILL");
});
afterAll(async () => {
  await server?.end();
  rmSync(folder, { recursive: true, force: true });
});

async function enrolled(config: object = {}, suite = "M1"): Promise<Enrolled> {
  const name = `pi-${++count}`;
  const { items } = await server.call<{ items: { id: string }[] }>("GET", "/api/v1/sites");
  const { device, claim } = await server.call<{ device: { id: string }; claim: { code: string } }>(
    "POST",
    "/api/v1/devices",
    { name, typeId: "linux-agent", siteId: items[0]?.id },
  );
  const stateDir = join(folder, name);
  writeConfig(stateDir, { intervalSeconds: 3600, ...config });
  const ended = await runCommand([
    ...["enrol", server.url, claim.code, "--suite", suite],
    ...["--state-dir", stateDir, "--json"],
  ]);
  expect(ended.code, ended.stdout).toBe(0);
  return { id: device.id, stateDir };
}

function run({ stateDir }: Enrolled): AgentProcess {
  const agent = startProcess(stateDir);
  agents.push(agent);
  return agent;
}

const path = ({ id }: Enrolled, rest = ""): string => `/api/v1/devices/${id}/remote-settings${rest}`;
const viewOf = (device: Enrolled): Promise<View> => server.call("GET", path(device));
const set = (device: Enrolled, settings: object, after: number): Promise<View> =>
  server.call("PUT", path(device), { settings, after });

const stateOf = (device: Enrolled, state: string): Promise<View> =>
  until(`the settings are ${state}`, async () => {
    const view = await viewOf(device);
    return view.state === state && view;
  });

async function readings({ id }: Enrolled): Promise<number> {
  const nowMs = Date.now();
  const { items } = await server.call<{ items: { t: number[] }[] }>("POST", "/api/v1/telemetry/history", {
    series: [`${id}:uptime`],
    fromMs: nowMs - 3_600_000,
    toMs: nowMs + 60_000,
    resolution: "raw",
  });
  return items[0]?.t.length ?? 0;
}

async function logCodes({ id }: Enrolled): Promise<string[]> {
  const { items } = await server.call<{ items: { code?: string }[] }>("GET", `/api/v1/devices/${id}/log`);
  return items.flatMap(({ code }) => (code?.startsWith("settings_") ? [code] : [])).reverse();
}

/** What the machine keeps: the message as the server signed it. */
interface Stored {
  readonly message: { readonly document: string };
}
const kept = ({ stateDir }: Enrolled): Stored | undefined => {
  const file = join(stateDir, "remote.json");
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
};

test.each([
  ["M1", "websocket"],
  ["C1", "websocket"],
  ["M1", "mqtt"],
])("an interval that a person changes is applied by the machine: %s over %s", async (suite, transport) => {
  const commands = { hello: { argv: ["/bin/echo", "hello"] } };
  const device = await enrolled({ transport, commands }, suite);
  run(device);
  const first = await until("its first report", async () => {
    const view = await viewOf(device);
    return view.device && view;
  });
  expect(first).toMatchObject({
    state: "none",
    device: { version: 0, takes: true, commands: ["hello"], settings: { intervalSeconds: 3600 } },
  });
  const before = await readings(device);
  expect(await set(device, { intervalSeconds: 1 }, 0)).toMatchObject({ wanted: { version: 1 } });
  expect(await stateOf(device, "applied")).toMatchObject({
    device: { version: 1, settings: { intervalSeconds: 1 } },
  });
  await until("readings at the new pace", async () => (await readings(device)) >= before + 3);
  await until("the log says both", async () => (await logCodes(device)).length === 2);
  expect(await logCodes(device)).toEqual(["settings_changed", "settings_applied"]);
});

test("a machine that was away gets the newest when it comes back, also after the server was killed", async () => {
  const device = await enrolled();
  const agent = run(device);
  await until("its first report", async () => (await viewOf(device)).device);
  await agent.kill("SIGKILL");
  await set(device, { intervalSeconds: 7 }, 0);
  await set(device, { intervalSeconds: 5 }, 1);
  expect(await viewOf(device)).toMatchObject({ state: "pending", wanted: { version: 2 } });
  await server.kill("SIGKILL");
  await server.restart();
  run(device);
  expect(await stateOf(device, "applied")).toMatchObject({
    device: { version: 2, settings: { intervalSeconds: 5 } },
  });
});

test("killed as soon as it has them, it says so in its next session, and they hold", async () => {
  const device = await enrolled();
  const agent = run(device);
  await until("its first report", async () => (await viewOf(device)).device);
  const setting = set(device, { intervalSeconds: 6 }, 0);
  while (kept(device) === undefined) await sleep(1);
  await agent.kill("SIGKILL");
  await setting;
  const again = run(device);
  expect(await stateOf(device, "applied")).toMatchObject({
    device: { version: 1, settings: { intervalSeconds: 6 } },
  });
  expect(again.logged("settings.refused")).toBe(false);
});

test("settings on its disk that are old or forged never last: it reports, and gets what is wanted", async () => {
  const device = await enrolled();
  const file = join(device.stateDir, "remote.json");
  const put = (stored: object) => writeFileSync(file, JSON.stringify(stored), { mode: 0o600 });
  const agent = run(device);
  await set(device, { intervalSeconds: 7 }, 0);
  await stateOf(device, "applied");
  const old = kept(device) as Stored;
  await set(device, { intervalSeconds: 8 }, 1);
  await stateOf(device, "applied");
  const newest = kept(device) as Stored;
  await agent.kill("SIGKILL");
  put(old);
  const replayed = run(device);
  await until("the newest again", async () => kept(device)?.message.document === newest.message.document);
  await replayed.kill("SIGKILL");

  const text = Buffer.from(newest.message.document, "base64url").toString();
  const changed = text
    .replace('"intervalSeconds":8', '"intervalSeconds":1')
    .replace('"version":2', '"version":9');
  expect(changed).not.toBe(text);
  const document = Buffer.from(changed).toString("base64url");
  put({ ...newest, message: { ...newest.message, document } });
  const fooled = run(device);
  await until("the newest again", async () => kept(device)?.message.document === newest.message.document);
  const refused = await until("it says why", async () =>
    fooled.lines.find(({ msg }) => msg === "settings.not_loaded"),
  );
  expect(refused).toMatchObject({ reason: "signature wrong" });
  expect(await stateOf(device, "applied")).toMatchObject({
    device: { version: 2, settings: { intervalSeconds: 8 } },
  });
});

test("undone settings come as a new version; a machine that takes none says so", async () => {
  const device = await enrolled();
  const agent = run(device);
  await set(device, { intervalSeconds: 7 }, 0);
  await set(device, { log: { sendLevel: "none" } }, 1);
  await server.call("POST", path(device, "/restore"), { version: 1, after: 2 });
  const restored = await until("the third version", async () => {
    const view = await viewOf(device);
    return view.device?.version === 3 && view;
  });
  expect(restored).toMatchObject({ state: "applied", device: { settings: { intervalSeconds: 7 } } });
  await agent.kill("SIGTERM");
  writeConfig(device.stateDir, { intervalSeconds: 3600, remoteSettings: false });
  run(device);
  await set(device, { intervalSeconds: 9 }, 3);
  expect(await stateOf(device, "refused")).toMatchObject({
    refusedReason: "this machine's configuration takes none",
    device: { takes: false },
  });
});

test("what is no setting of an agent is refused with every fault, and so is another type of device", async () => {
  const device = await enrolled();
  const problems = (body: object) => server.call("POST", path(device, "/check"), { settings: body });
  expect(await problems({ intervalSeconds: 0, commands: { x: { argv: ["/bin/sh"] } } })).toEqual({
    problems: [
      { at: "commands", rule: "unknown" },
      { at: "intervalSeconds", rule: "minimum", limit: "1" },
    ],
  });
  await expect(set(device, { commands: {} }, 0)).rejects.toThrow("settings.not_valid");
  await expect(set(device, {}, 5)).rejects.toThrow("request.conflict");
  const { items } = await server.call<{ items: { id: string }[] }>("GET", "/api/v1/sites");
  const { device: led } = await server.call<{ device: { id: string } }>("POST", "/api/v1/devices", {
    name: "lamp",
    typeId: "led",
    siteId: items[0]?.id,
  });
  await expect(viewOf({ id: led.id, stateDir: "" })).rejects.toThrow("settings.not_taken");
});
