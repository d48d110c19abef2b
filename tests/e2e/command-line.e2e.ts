import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { cameras } from "@gatehouse/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Run, gatehouse as run } from "../lib/command-line.ts";
import { type Gatehouse, startGatehouse } from "../lib/gatehouse.ts";
import { takePulse } from "../lib/pulse.ts";

let server: Gatehouse;
const scratch = mkdtempSync(join(tmpdir(), "gatehouse cli "));
beforeAll(async () => {
  server = await startGatehouse();
});
afterAll(async () => {
  await server.end();
  rmSync(scratch, { recursive: true, force: true });
});

const gatehouse = (dataDir: string, ...args: string[]): Promise<Run> => run(dataDir, args);

test("a device is added, listed and revoked beside the running server", async () => {
  const added = await gatehouse(
    server.dataDir,
    "device",
    "add",
    "cli-01",
    "--type",
    "thermometer",
    "--tag",
    "a,b",
    "--json",
  );
  expect(added.code).toBe(0);
  expect(added.json<{ key: { apiKey: string } }>().key.apiKey).toMatch(/^gh_/);
  const listed = await gatehouse(server.dataDir, "device", "list", "--json");
  expect(listed.json<{ name: string; tags: string[] }[]>()).toMatchObject([
    { name: "cli-01", tags: ["a", "b"] },
  ]);
  expect((await gatehouse(server.dataDir, "device", "list")).out).toMatch(/NAME\s+TYPE[\s\S]*cli-01/);
  const revoked = await gatehouse(server.dataDir, "device", "revoke", "cli-01", "--json");
  expect(revoked.json<{ status: string }>().status).toBe("revoked");
});

test("a device is granted topics, shown with its own, and loses them", async () => {
  const topics = (...options: string[]) =>
    gatehouse(server.dataDir, "device", "topics", "cli-03", ...options);
  await gatehouse(server.dataDir, "device", "add", "cli-03");
  await topics("--publish", "house/lamp");
  const both = await topics("--subscribe", "house/lamp", "--json");
  expect(both.json<{ granted: object[] }>().granted).toEqual([
    { pattern: "house/lamp", publish: true, subscribe: true },
  ]);
  const { out } = await topics();
  expect(out).toMatch(/gh\/cli-03\/up\/telemetry\s+yes\s+no\s+own[\s\S]*house\/lamp\s+yes\s+yes\s+granted/);
  expect((await topics("--publish", "#")).err).toContain("device.topic_not_grantable");
  const none = await topics("--remove", "house/lamp", "--json");
  expect(none.json<{ granted: object[] }>().granted).toEqual([]);
});

test("the key of the recordings is renewed, and the command ends when every recording is under it", async () => {
  const renewed = await gatehouse(server.dataDir, "key", "rotate", "--json");
  expect(renewed.json()).toEqual({ segments: 0, generation: 2 });
  const { key, rewrap } = await server.call<cameras.RecordingStorage>("GET", "/api/v1/recordings/storage");
  expect([key?.generation, rewrap]).toEqual([2, undefined]);
});

test("mistakes get one clear answer and change nothing", async () => {
  const unknownType = await gatehouse(
    server.dataDir,
    "device",
    "add",
    "cli-02",
    "--type",
    "toaster",
    "--json",
  );
  expect([unknownType.code, unknownType.json<{ error: { code: string } }>().error.code]).toEqual([
    1,
    "device.type_unknown",
  ]);
  expect((await gatehouse(server.dataDir, "device", "revoke", "nobody")).err).toContain("device.not_found");
  expect((await gatehouse(server.dataDir, "fly")).code).toBe(64);
  expect((await gatehouse(server.dataDir, "start", "--nope")).code).toBe(64);
  for (const unusable of [["device", "fly"], ["device", "add"], ["restore"], ["simulate", "--devices", "0"]])
    expect([unusable, (await gatehouse(server.dataDir, ...unusable)).code]).toEqual([unusable, 64]);
  expect((await gatehouse(server.dataDir, "start", "--port", "many", "--json")).code).toBe(78);
  const second = await gatehouse(server.dataDir, "start", "--json");
  expect(second.json<{ error: { code: string } }>().error.code).toBe("server.already_running");
});

test("simulate drives devices over MQTT, and what they send is acknowledged", async () => {
  const run = await gatehouse(
    server.dataDir,
    "simulate",
    "--devices",
    "4",
    "--rate",
    "20",
    "--seconds",
    "3",
    "--seed",
    "7",
    "--json",
  );
  expect(run.code).toBe(0);
  const { acknowledged, refused } = run.json<{ acknowledged: number; refused: number }>();
  expect(acknowledged).toBeGreaterThan(4);
  expect(refused).toBe(0);
});

test("simulate drives a server that it knows by address only, and says why when it cannot", async () => {
  const [keys, ca] = [join(scratch, "keys"), join(scratch, "ca.pem")];
  writeFileSync(keys, (await gatehouse(server.dataDir, "device", "add", "far-01", "--json")).out);
  writeFileSync(ca, await (await fetch(`${server.url}/ca.pem`)).text());
  const far = (...args: string[]): Promise<Run> =>
    gatehouse(scratch, "simulate", ...args, "--devices", "1", "--rate", "5", "--seconds", "4", "--json");
  for (const to of [
    ["--server", `mqtts://localhost:${server.mqttsPort}`, "--ca", ca],
    ["--server", server.url],
  ]) {
    const run = await far(keys, ...to);
    expect([run.code, run.json()]).toEqual([
      0,
      { devices: 1, seconds: 4, acknowledged: expect.any(Number), refused: 0 },
    ]);
  }
  const untrusted = await far(keys, "--server", `mqtts://localhost:${server.mqttsPort}`);
  expect([untrusted.code, untrusted.json()]).toMatchObject([
    1,
    { acknowledged: 0, lastFailure: expect.stringContaining("certificate") },
  ]);
  const missing = await far(keys, "--server", server.url, "--ca", join(scratch, "nothing.pem"));
  expect([missing.code, missing.json()]).toMatchObject([64, { error: { reason: "ENOENT" } }]);
});

test("simulate counts its seconds from when a device is connected", async () => {
  const key = join(scratch, "key");
  writeFileSync(key, (await gatehouse(server.dataDir, "device", "add", "far-02", "--json")).out);
  const slow = createServer(async (socket) => {
    socket.on("error", () => undefined);
    await sleep(3_000);
    const onward = connect(server.mqttPort, "localhost").on("error", () => socket.destroy());
    socket.pipe(onward).pipe(socket);
  });
  await once(slow.listen(0, "127.0.0.1"), "listening");
  try {
    const to = `mqtt://127.0.0.1:${(slow.address() as AddressInfo).port}`;
    const few = ["--devices", "1", "--rate", "10", "--seconds", "2", "--json"];
    const run = await gatehouse(scratch, "simulate", key, "--server", to, ...few);
    expect([run.code, run.json<{ acknowledged: number }>().acknowledged > 0]).toEqual([0, true]);
  } finally {
    slow.close();
  }
});

test("check finds nothing wrong; a backup of the running server is restored elsewhere and counted", async () => {
  const check = await gatehouse(server.dataDir, "check", "--json");
  expect(check.json<{ ok: boolean }[]>().filter((finding) => !finding.ok)).toEqual([]);
  const folder = join(scratch, "copy");
  const backup = await gatehouse(server.dataDir, "backup", folder, "--json");
  expect(backup.code).toBe(0);
  const { rows } = backup.json<{ rows: number }>();
  const elsewhere = join(scratch, "elsewhere");
  const restored = await gatehouse(elsewhere, "restore", folder, "--json");
  expect(restored.json<{ rows: number }>().rows).toBe(rows);
  const listed = await gatehouse(elsewhere, "device", "list", "--json");
  expect(listed.json<{ name: string }[]>().map((device) => device.name)).toContain("cli-01");
  expect(
    (await gatehouse(elsewhere, "restore", folder, "--json")).json<{ error: { code: string } }>().error.code,
  ).toBe("restore.not_empty");
  expect((await gatehouse(elsewhere, "check", folder)).code).toBe(0);
});

test("a stop by signal is clean and quick, and the next start finds everything", async () => {
  await using pulse = takePulse();
  const beforeMs = Date.now();
  await server.kill("SIGINT");
  expect(pulse.msBetween(beforeMs, Date.now())).toBeLessThan(10_000);
  await server.restart();
  const listed = await gatehouse(server.dataDir, "device", "list", "--json");
  expect(listed.json<{ name: string }[]>().map((device) => device.name)).toContain("cli-01");
});

test("the demo site comes as one thing, lives over the network and goes as one thing", async () => {
  await server.call("POST", "/api/v1/demo", {});
  const online = async () => (await server.call<{ connected: number }>("GET", "/api/v1/demo")).connected;
  while ((await online()) < 54) await new Promise((resolve) => setTimeout(resolve, 200));
  const listed = await gatehouse(server.dataDir, "device", "list", "--search", "boiler", "--json");
  expect(listed.json<{ name: string }[]>().map((device) => device.name)).toEqual([
    "boiler-02",
    "boiler-led",
    "boiler-room-cam",
  ]);
  expect((await server.call<{ items: unknown[] }>("GET", "/api/v1/rules")).items).toHaveLength(5);
  await server.call("DELETE", "/api/v1/demo");
  expect((await server.call<{ items: unknown[] }>("GET", "/api/v1/rules")).items).toEqual([]);
  expect((await gatehouse(server.dataDir, "device", "list", "--search", "boiler", "--json")).json()).toEqual(
    [],
  );
});
