import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemRandom } from "@gatehouse/base";
import { freePort } from "@gatehouse/base/testing";
import { CLAIM_CODE, FakeServer, until } from "@gatehouse/device-client/testing";
import { parseMeterReading } from "@gatehouse/device-types/meter-reading";
import { generateKeyBundle, SUITE_IDS, seal } from "@gatehouse/secure-channel";
import { expect, it } from "vitest";
import { type AgentProcess, runCommand, startProcess, writeConfig } from "../testing/agent-process.ts";
import { assignmentOf, type SiteDevice } from "../testing/gateway-site.ts";
import { fetchGatewayKey } from "../testing/meters/gateway-keys.ts";
import { SimulatedMeter } from "../testing/meters/simulated-meter.ts";

const REQUEST = "0190a1b2-0000-7000-8000-00000000000a";
const KILLS = 4;
const METERS = 12;
/** Longer than four kills and new starts take on a busy machine: who has not answered by then is said to be silent. */
const DEADLINE_MS = 60_000;

const makeDevice = (_: unknown, i: number): SiteDevice => ({
  deviceId: `0190a1b2-0000-7000-8000-${String(i + 100).padStart(12, "0")}`,
  name: `meter-${i}`,
  keys: generateKeyBundle(SUITE_IDS.M1, systemRandom),
});

it("loses nothing that it acknowledged and no open request, killed again and again, its server too", async () => {
  const folder = mkdtempSync(join(tmpdir(), "gateway-crash-"));
  const stateDir = join(folder, "state");
  const server = await new FakeServer().start();
  const url = `http://127.0.0.1:${await freePort()}`;
  writeConfig(stateDir, {
    intervalSeconds: 3_600,
    gateway: { enabled: true, port: Number(new URL(url).port) },
  });
  await runCommand(["enrol", server.url, CLAIM_CODE, "--state-dir", stateDir]);
  const devices = Array.from({ length: METERS }, makeDevice);
  const sensor = makeDevice(undefined, METERS);
  server.assigned.push(...[...devices, sensor].map(({ keys }) => keys));

  const begin = async (): Promise<AgentProcess> => {
    const started = startProcess(stateDir);
    await until("it listens", () => started.logged("gateway.listening"));
    return started;
  };
  let gateway = await begin();
  await until("its session", () => gateway.logged("channel.connected"));
  const list = [...devices, sensor].map(assignmentOf);
  server.push(10, { kind: "assigned", version: 1, part: 0, parts: 1, devices: list });
  await until("the assignment", () => gateway.logged("gateway.devices_assigned"));
  const gatewayKey = await fetchGatewayKey(url, SUITE_IDS.M1);
  const meters = devices.map(
    ({ keys }, i) =>
      new SimulatedMeter({
        keys,
        server: server.current,
        gateway: gatewayKey,
        gatewayUrl: url,
        seed: i,
        isSilent: i < 2,
        says: i % 2 === 0 ? "sealed" : "signed",
      }),
  );
  for (const meter of meters) meter.connect();
  await until("their sessions", () => meters.every(({ isConnected }) => isConnected));

  const ids = devices.map(({ deviceId }) => deviceId);
  const deadlineMs = server.nowMs + DEADLINE_MS;
  server.push(10, { kind: "read", requestId: REQUEST, deadlineMs, devices: ids });
  await until("it is asked", () => gateway.logged("gateway.reading_asked"));

  const acknowledged = new Set<string>();
  let sequence = 0n;
  let isOver = false;
  const posting = (async () => {
    while (!isOver) {
      const envelope = seal(
        {
          sender: sensor.keys,
          recipient: server.current,
          contentType: 2,
          sequence: ++sequence,
          sentMs: 0,
          bootId: 1,
          payload: Buffer.from(JSON.stringify({ number: String(sequence) })),
        },
        systemRandom,
      );
      const headers = { "content-type": "application/vnd.gatehouse.sx" };
      const body = Buffer.from(envelope);
      const reply = await fetch(`${url}/api/v1/channel/messages`, { method: "POST", headers, body }).catch(
        () => undefined,
      );
      if (reply?.status === 202) acknowledged.add(String(sequence));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  for (let kill = 0; kill < KILLS; kill++) {
    await new Promise((resolve) => setTimeout(resolve, (kill * 137) % 400));
    await gateway.kill("SIGKILL");
    if (kill === 1) await server.stop();
    gateway = await begin();
    if (kill === 2) await server.start();
  }

  const read = () =>
    new Set(
      server.taken
        .filter(({ value }) => value instanceof Uint8Array && parseMeterReading(value)?.request === REQUEST)
        .map(({ senderKeyId }) => senderKeyId),
    );
  await until("a reading of each that answers", () => read().size === METERS - 2, DEADLINE_MS);
  const silent = () =>
    server.taken
      .map(({ value }) => value as { kind?: string; items?: { deviceId: string; verdict: string }[] })
      .filter(({ kind }) => kind === "verdicts")
      .flatMap(({ items = [] }) => items);
  await until("verdicts on the others", () => silent().length >= 2, 2 * DEADLINE_MS);
  expect(new Set(silent().map(({ deviceId }) => deviceId))).toEqual(new Set(ids.slice(0, 2)));
  isOver = true;
  await posting;
  const arrived = () =>
    server.taken.map(({ value }) => (value as { number?: string }).number).filter((number) => number);
  await until("all that was acknowledged", () => {
    const have = new Set(arrived());
    return [...acknowledged].every((number) => have.has(number));
  });
  expect(acknowledged.size).toBeGreaterThan(10);
  expect(arrived().length).toBe(new Set(arrived()).size);

  for (const meter of meters) meter.end();
  await gateway.kill("SIGTERM");
  expect(await gateway.exited).toBe(0);
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}, 300_000);
