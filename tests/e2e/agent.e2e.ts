import { spawnSync } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connect, createServer } from "node:tls";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import {
  type AgentProcess,
  runCommand,
  startProcess,
  writeConfig,
} from "../../apps/agent/src/testing/agent-process.ts";
import { type Gatehouse, startGatehouse } from "../lib/gatehouse.ts";
import { patient } from "../lib/patience.ts";
import { takePulse } from "../lib/pulse.ts";
import { until } from "../lib/until.ts";

interface Enrolled {
  readonly deviceId: string;
  readonly name: string;
  readonly stateDir: string;
  readonly words: readonly string[];
}

let server: Gatehouse;
let folder: string;
let count = 0;
const agents: AgentProcess[] = [];

beforeAll(async () => {
  server = await startGatehouse();
  folder = mkdtempSync(join(tmpdir(), "agents-"));
});
afterEach(async () => {
  for (const agent of agents.splice(0)) await agent.kill("SIGKILL");
});
afterAll(async () => {
  await server.end();
  rmSync(folder, { recursive: true, force: true });
});

/** A device made in the console, and a machine enrolled as it with the command that the console shows. */
async function enrolled(config: object = {}, suite = "M1"): Promise<Enrolled> {
  const name = `pi-${++count}`;
  const { items } = await server.call<{ items: { id: string }[] }>("GET", "/api/v1/sites");
  const { device, claim } = await server.call<{ device: { id: string }; claim: { code: string } }>(
    "POST",
    "/api/v1/devices",
    { name, typeId: "linux-agent", siteId: items[0]?.id },
  );
  const stateDir = join(folder, name);
  writeConfig(stateDir, { intervalSeconds: 1, ...config });
  const args = ["enrol", server.url, claim.code, "--suite", suite, "--state-dir", stateDir, "--json"];
  const { code, stdout } = await runCommand(args);
  expect(code, stdout).toBe(0);
  return { deviceId: device.id, name, stateDir, words: JSON.parse(stdout).words };
}

function run({ stateDir }: Enrolled, root = "/"): AgentProcess {
  const agent = startProcess(stateDir, root);
  agents.push(agent);
  return agent;
}

interface History {
  readonly t: number[];
  readonly v: number[];
  readonly conflicts: number;
}

/** The history of one metric, raw; empty before the first value. */
async function history({ deviceId }: Enrolled, metric = "load1", of = server): Promise<History> {
  const nowMs = Date.now();
  const { items } = await of.call<{ items: History[] }>("POST", "/api/v1/telemetry/history", {
    series: [`${deviceId}:${metric}`],
    fromMs: nowMs - 3_600_000,
    toMs: nowMs + 60_000,
    resolution: "raw",
  });
  return items[0] as History;
}

const historyOf = (device: Enrolled, count: number): Promise<History> =>
  until(`${count} readings`, async () => {
    const found = await history(device).catch(() => undefined);
    return found !== undefined && found.t.length >= count && found;
  });

interface Security {
  readonly keys: { keyId: string; state: string; suite: number; software?: string }[];
  readonly enrolment?: { words: string[] };
}
const securityOf = ({ deviceId }: Enrolled): Promise<Security> =>
  server.call("GET", `/api/v1/devices/${deviceId}/security`);

interface Command {
  readonly id: string;
  readonly state: string;
  readonly reason?: string;
}
async function command({ deviceId }: Enrolled, key: string, params: object): Promise<Command> {
  const { id } = await server.call<Command>("POST", `/api/v1/devices/${deviceId}/commands`, { key, params });
  return until(`the end of ${key}`, async () => {
    const { items } = await server.call<{ items: Command[] }>("GET", `/api/v1/devices/${deviceId}/commands`);
    return items.find((item) => item.id === id && ["acknowledged", "failed"].includes(item.state));
  });
}

async function status({ stateDir }: Enrolled): Promise<Record<string, unknown>> {
  return JSON.parse((await runCommand(["status", "--state-dir", stateDir, "--json"])).stdout);
}

test.each([
  ["M1", "websocket"],
  ["C1", "websocket"],
  ["M1", "mqtt"],
  ["M1", "http"],
])("a machine enrols and its readings are in the history: %s over %s", async (suite, transport) => {
  const device = await enrolled({ transport }, suite);
  run(device);
  const { v, conflicts } = await historyOf(device, 3);
  expect(conflicts).toBe(0);
  for (const load of v) expect(load).toBeGreaterThanOrEqual(0);
  const { keys, enrolment } = await securityOf(device);
  expect(keys).toMatchObject([
    { state: "active", suite: suite === "M1" ? 2 : 1, software: "gatehouse-agent 0.1.0" },
  ]);
  expect(enrolment?.words).toEqual(device.words);
  expect((await history(device, "memoryUsed")).v[0]).toBeGreaterThan(0);
});

test("a person's command runs what the machine's owner allowed, and nothing else", async () => {
  const device = await enrolled({ commands: { hello: { argv: ["/bin/echo", "hello from the machine"] } } });
  const agent = run(device);
  await until("connected", async () => agent.logged("channel.connected"));
  expect(await command(device, "run", { name: "hello" })).toMatchObject({ state: "acknowledged" });
  expect(await command(device, "run", { name: "reboot" })).toMatchObject({
    state: "failed",
    reason: "not allowed by this machine's configuration",
  });
  await until("its output in the log", async () => {
    const log = await server.call<object>("GET", `/api/v1/devices/${device.deviceId}/log`);
    return JSON.stringify(log).includes("hello from the machine");
  });
});

test("nothing is lost or doubled when the server is killed while the machine measures", async () => {
  await using pulse = takePulse();
  const device = await enrolled();
  run(device);
  await historyOf(device, 2);
  const startedMs = Date.now();
  for (let kill = 0; kill < 2; kill++) {
    await server.kill("SIGKILL");
    await sleep(2_500);
    await server.restart();
    await sleep(1_500);
  }
  const lastsMs = Date.now() - startedMs;
  await until("everything is sent", async () => {
    const { connected, queueDepth } = await status(device);
    return connected === true && Number(queueDepth) <= 1;
  });
  const { t, conflicts } = await history(device);
  const during = t.filter((ts) => ts >= startedMs && ts <= startedMs + lastsMs);
  expect(conflicts).toBe(0);
  expect(new Set(t).size).toBe(t.length);
  // A measurement every second, also while there was no server; a busy machine may be late with some.
  expect(during.length).toBeGreaterThanOrEqual(Math.floor(lastsMs / patient(2_000)));
  const gaps = t.slice(1).map((ts, i) => pulse.msBetween(t[i] as number, ts));
  expect(Math.max(...gaps)).toBeLessThan(patient(5_000));
});

test("both sides change their keys while it runs", async () => {
  const device = await enrolled();
  run(device);
  await historyOf(device, 1);
  expect(await runCommand(["rotate", "--state-dir", device.stateDir, "--json"])).toMatchObject({ code: 0 });
  const { keys } = await securityOf(device);
  expect(keys.map(({ state }) => state).sort()).toEqual(["active", "overlap"]);
  await server.call("POST", "/api/v1/channel/keys/rotate", { suite: 2 });
  const { t } = await history(device);
  await historyOf(device, t.length + 2);
  const { keyId } = await until("connected", async () => {
    const found = await status(device);
    return found.connected === true && found;
  });
  expect(keyId).toBe(keys.find(({ state }) => state === "active")?.keyId);
});

test("a revoked machine is cut off at once, and keeps what it measured", async () => {
  const device = await enrolled();
  const agent = run(device);
  await historyOf(device, 1);
  await server.call("POST", `/api/v1/devices/${device.deviceId}/revoke`);
  await until("cut off", async () => agent.logged("channel.disconnected"));
  const { connected } = await until("something kept", async () => {
    const found = await status(device);
    return Number(found.queueDepth) >= 1 && found;
  });
  expect(connected).toBe(false);
});

test("a group's key enrols a machine that nobody made in the console", async () => {
  const { items } = await server.call<{ items: { id: string }[] }>("GET", "/api/v1/sites");
  const { group, key } = await server.call<{ group: { id: string }; key: string }>(
    "POST",
    "/api/v1/enrolment-groups",
    {
      name: "Shelf",
      typeId: "linux-agent",
      siteId: items[0]?.id,
      maxDevices: 1,
      expiresMs: Date.now() + 3_600_000,
    },
  );
  const keyFile = join(folder, "group.key");
  writeFileSync(keyFile, `${key}\n`, { mode: 0o600 });
  const enrol = (name: string) =>
    runCommand(
      [
        "enrol",
        server.url,
        "--group",
        group.id,
        "--group-key-file",
        keyFile,
        "--registration-id",
        name,
      ].concat(["--state-dir", join(folder, name), "--json"]),
    );
  const { code, stdout } = await enrol("shelf-1");
  expect(code, stdout).toBe(0);
  const { deviceId } = JSON.parse(stdout);
  const device = { deviceId, name: "shelf-1", stateDir: join(folder, "shelf-1"), words: [] };
  run(device);
  await historyOf(device, 1);
  expect(await enrol("shelf-2")).toMatchObject({ code: 1 });
});

test.runIf(process.getuid?.() === 0)("an ordinary user enrols and runs it", async () => {
  const nobody = { uid: 65_534 };
  const device = await enrolled();
  const home = mkdtempSync(join(tmpdir(), "nobody-"));
  chownSync(home, nobody.uid, nobody.uid);
  const { claim } = await server.call<{ claim: { code: string } }>("POST", "/api/v1/devices", {
    name: "nobodys",
    typeId: "linux-agent",
    siteId: (await server.call<{ items: { id: string }[] }>("GET", "/api/v1/sites")).items[0]?.id,
  });
  const stateDir = join(home, "state");
  const ended = await runCommand(
    ["enrol", server.url, claim.code, "--state-dir", stateDir, "--json"],
    "",
    nobody,
  );
  expect(ended.code, ended.stdout).toBe(0);
  const agent = startProcess(stateDir, "/", nobody);
  agents.push(agent);
  const { deviceId } = JSON.parse(ended.stdout);
  await historyOf({ ...device, deviceId }, 1);
  const foreign = await runCommand(["run", "--state-dir", device.stateDir], "", nobody);
  expect(foreign.code).not.toBe(0);
  await agent.kill("SIGTERM");
  rmSync(home, { recursive: true, force: true });
});

test("over HTTPS it believes the authority of its enrolment, and no other", async () => {
  const secure = await startGatehouse({ GATEHOUSE_HTTP_HOST: "0.0.0.0" }, { owner: false });
  try {
    const url = secure.url.replace("http:", "https:");
    await createOwnerOverTls(url, secure.setupUrl);
    const { items } = await secure.call<{ items: { id: string }[] }>("GET", "/api/v1/sites");
    const made = await secure.call<{ device: { id: string }; claim: { code: string } }>(
      "POST",
      "/api/v1/devices",
      {
        name: "far",
        typeId: "linux-agent",
        siteId: items[0]?.id,
      },
    );
    const stateDir = join(folder, "far");
    writeConfig(stateDir, { intervalSeconds: 1 });
    const ended = await runCommand(["enrol", url, made.claim.code, "--state-dir", stateDir, "--json"]);
    expect(ended.code, ended.stdout).toBe(0);
    const device = { deviceId: made.device.id, name: "far", stateDir, words: [] };
    const agent = run(device);
    await until("a reading", async () => {
      const found = await history(device, "load1", secure).catch(() => undefined);
      return found !== undefined && found.t.length > 0;
    });
    await agent.kill("SIGTERM");

    const { claim } = await secure.call<{ claim: { code: string } }>("POST", "/api/v1/devices", {
      name: "overheard",
      typeId: "linux-agent",
      siteId: items[0]?.id,
    });
    const between = await somebodyBetween(Number(new URL(url).port));
    const overheard = join(folder, "overheard");
    const heard = await runCommand(["enrol", between.url, claim.code, "--state-dir", overheard, "--json"]);
    await between.end();
    expect(JSON.parse(heard.stdout).error, heard.stdout).toMatchObject({ code: "agent.intercepted" });
    expect(existsSync(join(overheard, "identity.json"))).toBe(false);
    const inClear = await runCommand(["enrol", "http://gatehouse.example", "CODE", "--state-dir", overheard]);
    expect(inClear.stderr).toContain("use https");

    const identityFile = join(stateDir, "identity.json");
    const identity = JSON.parse(readFileSync(identityFile, "utf8"));
    expect(identity.ca).toContain("BEGIN CERTIFICATE");
    const another = readFileSync(join(folder, "cert.pem"), "utf8");
    writeFileSync(identityFile, JSON.stringify({ ...identity, ca: another }), { mode: 0o600 });
    const fooled = run(device);
    await until("refused", async () => fooled.logged("channel.disconnected"));
    const [refusal] = fooled.lines.filter(({ msg }) => msg === "channel.disconnected");
    expect(refusal?.reason).toMatch(/CERT|certificate|SIGNATURE|issuer/i);
    expect(fooled.logged("channel.connected")).toBe(false);
  } finally {
    await secure.end();
  }
});

/** The setup link's page would do this; its certificate is of an authority nobody knows yet. */
async function createOwnerOverTls(url: string, setupUrl: string | undefined): Promise<void> {
  const token = new URLSearchParams(new URL(setupUrl ?? "").hash.slice(1)).get("token");
  const body = JSON.stringify({
    token,
    organisation: "Far",
    name: "Far Owner",
    email: "owner@example.org",
    password: "plum-harbour-tunnel-49-otter",
    language: "en",
  });
  const status = await new Promise<number | undefined>((resolve, reject) => {
    request(
      `${url}/api/v1/setup`,
      { method: "POST", headers: { "content-type": "application/json" }, rejectUnauthorized: false },
      (reply) => resolve(reply.resume().statusCode),
    )
      .on("error", reject)
      .end(body);
  });
  expect(status).toBeLessThan(300);
}

/** Ends TLS with a certificate of its own and passes everything on. */
async function somebodyBetween(port: number): Promise<{ url: string; end(): Promise<void> }> {
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const made = spawnSync("openssl", [
    ..."req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=127.0.0.1".split(" "),
    ..."-addext subjectAltName=IP:127.0.0.1 -keyout".split(" "),
    key,
    "-out",
    cert,
  ]);
  expect(made.status).toBe(0);
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (socket) => {
    const onward = connect({ port, host: "127.0.0.1", rejectUnauthorized: false });
    for (const end of [socket, onward]) end.on("error", () => end.destroy());
    socket.pipe(onward).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port: own } = server.address() as { port: number };
  return {
    url: `https://127.0.0.1:${own}`,
    end: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
