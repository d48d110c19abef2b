import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CLAIM_CODE, FakeServer, until } from "@gatehouse/device-client/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AgentProcess, runCommand, startProcess, writeConfig } from "./testing/agent-process.ts";
import { validateLinuxAgent } from "./testing/device-type.ts";

interface SentReading {
  readonly ts: number;
  readonly values: Record<string, number | boolean>;
}

let folder: string;
let stateDir: string;
let server: FakeServer;
const agents: AgentProcess[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "agent with a space "));
  stateDir = join(folder, "state");
  server = await new FakeServer().start();
});
afterEach(async () => {
  for (const agent of agents.splice(0)) await agent.kill("SIGKILL");
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const enrol = () => runCommand(["enrol", server.url, CLAIM_CODE, "--state-dir", stateDir, "--json"]);

async function enrolled(config: object = {}): Promise<void> {
  writeConfig(stateDir, { intervalSeconds: 1, ...config });
  expect(await enrol()).toMatchObject({ code: 0 });
}

function start(): AgentProcess {
  const agent = startProcess(stateDir);
  agents.push(agent);
  return agent;
}

const items = (): Record<string, unknown>[] =>
  server.taken
    .filter(({ contentType }) => contentType === 2)
    .flatMap(({ value }) => (Array.isArray(value) ? value : [value]) as Record<string, unknown>[]);
const readings = (): SentReading[] => items().filter((item) => "values" in item && "ts" in item) as never;

describe("the command line", () => {
  it("enrols, says the four words, and keeps its keys where nobody else reads them", async () => {
    const { code, stdout } = await enrol();
    expect(code).toBe(0);
    const said = JSON.parse(stdout);
    expect(said).toMatchObject({ name: "pi", keyId: server.device?.keyId, stateDir });
    expect(said.words).toHaveLength(4);
    expect(statSync(stateDir).mode & 0o777).toBe(0o700);
    expect(statSync(join(stateDir, "identity.json")).mode & 0o777).toBe(0o600);
  });

  it("takes the code from standard input, where no process list shows it", async () => {
    const { code } = await runCommand(["enrol", server.url, "-", "--state-dir", stateDir], `${CLAIM_CODE}\n`);
    expect(code).toBe(0);
  });

  it("does not give up an identity by mistake", async () => {
    await enrolled();
    const before = readFileSync(join(stateDir, "identity.json"));
    const again = await enrol();
    expect(again.code).toBe(1);
    expect(JSON.parse(again.stdout).error.code).toBe("agent.already_enrolled");
    expect(readFileSync(join(stateDir, "identity.json"))).toEqual(before);
  });

  it("refuses keys that others can read, a folder that others can enter, and a wrong code", async () => {
    const wrong = await runCommand(["enrol", server.url, "WRONG", "--state-dir", stateDir, "--json"]);
    expect(JSON.parse(wrong.stdout).error.code).toBe("device.claim_invalid");
    await enrolled();
    chmodSync(join(stateDir, "identity.json"), 0o640);
    const open = await runCommand(["run", "--state-dir", stateDir]);
    expect(open).toMatchObject({ code: 78, stderr: expect.stringContaining("chmod 600") });
    chmodSync(join(stateDir, "identity.json"), 0o600);
    chmodSync(stateDir, 0o755);
    expect(await runCommand(["status", "--state-dir", stateDir])).toMatchObject({ code: 78 });
    chmodSync(stateDir, 0o700);
  });

  it("names every fault of a configuration together", async () => {
    await enrolled({
      intervalSeconds: 0,
      sensors: { enabled: { loads: true } },
      commands: { x: { argv: [] } },
    });
    const { code, stderr } = await runCommand(["run", "--state-dir", stateDir]);
    expect(code).toBe(78);
    for (const word of ["intervalSeconds", "loads", "commands.x.argv"]) expect(stderr).toContain(word);
  });

  it("says what it takes when it is used wrongly", async () => {
    expect(await runCommand([])).toMatchObject({ code: 64 });
    expect(await runCommand(["fly"])).toMatchObject({ code: 64 });
    expect(await runCommand(["enrol", "--nonsense"])).toMatchObject({ code: 64 });
    expect(await runCommand(["enrol", "ftp://x", "code", "--state-dir", stateDir])).toMatchObject({
      code: 1,
    });
    const none = await runCommand(["status", "--state-dir", join(folder, "none"), "--json"]);
    expect(JSON.parse(none.stdout).error.code).toBe("agent.not_enrolled");
  });

  it("makes a unit for systemd that runs this agent on this folder, and can write nothing else", async () => {
    await enrolled();
    const unitFile = join(folder, "gatehouse-agent.service");
    const { code, stdout } = await runCommand(["install-service", "--state-dir", stateDir, "--print"]);
    expect(code).toBe(0);
    expect(stdout).toContain(`"run" "--state-dir" "${stateDir}"`);
    expect(stdout).toContain("ProtectSystem=strict");
    expect(
      await runCommand(["install-service", "--state-dir", stateDir, "--unit-file", unitFile]),
    ).toMatchObject({ code: 0 });
    expect(readFileSync(unitFile, "utf8").trim()).toBe(stdout.trim());
    const verified = spawnSync("systemd-analyze", ["verify", unitFile], { encoding: "utf8" });
    if (verified.error === undefined) expect(verified).toMatchObject({ status: 0, stderr: "" });
  });
});

describe("the agent as a process", () => {
  it("measures this machine and sends what its device type takes", async () => {
    await enrolled();
    const agent = start();
    await until("three readings", () => readings().length >= 3);
    for (const { ts, values } of readings()) {
      expect(Math.abs(ts - Date.now())).toBeLessThan(60_000);
      expect(validateLinuxAgent(values)).toMatchObject({ ok: true });
    }
    expect(readings()[1]?.values).toMatchObject({
      load1: expect.any(Number),
      memoryUsed: expect.any(Number),
      queueDepth: expect.any(Number),
      clockSet: true,
    });
    const { stdout } = await runCommand(["status", "--state-dir", stateDir, "--json"]);
    const status = JSON.parse(stdout);
    expect(status).toMatchObject({ running: true, connected: true, transport: "websocket" });
    const absent = status.sensors.filter(({ state }: { state: string }) => state === "absent");
    for (const { id } of absent) expect(Object.keys(readings()[0]?.values ?? {})).not.toContain(id);
    agent.kill("SIGTERM");
    expect(await agent.exited).toBe(0);
    expect(await runCommand(["status", "--state-dir", stateDir])).toMatchObject({ code: 3 });
  });

  it("is the only one on its folder", async () => {
    await enrolled();
    const first = start();
    await until("it works", () => readings().length > 0);
    const second = await runCommand(["run", "--state-dir", stateDir]);
    expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining("agent.already_running") });
    await first.kill("SIGKILL");
    const third = start();
    await until("it works after the first was killed", () => third.logged("channel.connected"));
  });

  it("changes its keys while it runs", async () => {
    await enrolled();
    start();
    await until("it works", () => readings().length > 0);
    const before = server.device?.keyId;
    const { code, stdout } = await runCommand(["rotate", "--state-dir", stateDir, "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).keyId).toBe(server.device?.keyId);
    expect(server.device?.keyId).not.toBe(before);
    const count = readings().length;
    await until("it goes on", () => readings().length > count);
  });

  it("changes its keys when it does not run", async () => {
    await enrolled();
    const before = server.device?.keyId;
    expect(await runCommand(["rotate", "--state-dir", stateDir])).toMatchObject({ code: 0 });
    expect(server.device?.keyId).not.toBe(before);
  });
});
