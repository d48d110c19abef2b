import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { eventually } from "./site/device.ts";
import { LabSite } from "./site/site.ts";
import { isLegible, tapWire } from "./site/tap.ts";

// The solutions of docs/course, run as a student runs them, against a real server; the starters start and do nothing yet.

const FOLDER = new URL("../docs/course/", import.meta.url);
/** A program of its own starts first, on a machine with other work. */
const SAYS_WITHIN_MS = 60_000;

let site: LabSite;
beforeAll(async () => {
  site = await LabSite.make(true);
  await site.startWith(undefined);
});
afterAll(async () => site.end());

interface Program {
  readonly said: string[];
  press(): void;
  until(isSaid: (text: string) => boolean): Promise<string>;
}

const running = new Set<ChildProcess>();
afterEach(async () => {
  await Promise.all(
    [...running].map((child) => {
      const exited = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      return child.exitCode === null && child.signalCode === null ? exited : undefined;
    }),
  );
  running.clear();
});

function start(program: string, ...args: string[]): Program {
  const path = fileURLToPath(new URL(program, FOLDER));
  const child = spawn(process.execPath, ["--no-warnings", path, ...args], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  running.add(child);
  const said: string[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => void said.push(line));
  return {
    said,
    press: () => void child.stdin.write("\n"),
    async until(isSaid) {
      await eventually(
        () => said.some(isSaid),
        (is) => is,
        SAYS_WITHIN_MS,
      );
      const found = said.find(isSaid);
      expect(found, said.join("\n")).toBeDefined();
      return found as string;
    },
  };
}

interface LogLine {
  readonly code?: string;
  readonly data?: object;
}

/** What the student sees on the device's page under Log. */
const logOf = async (deviceId: string): Promise<LogLine[]> =>
  (await site.call<{ items: LogLine[] }>("GET", `/api/v1/devices/${deviceId}/log`)).items;

const broker = (port = site.mqttPort): string => `mqtt://127.0.0.1:${port}`;

test("stage 1: the lamp says when it is switched; the starter does not yet", async () => {
  const lamp = await site.addDevice("led");
  const starter = start("1-led/starter.mjs", broker(), lamp.name, lamp.apiKey);
  await starter.until((text) => text.startsWith("connected"));
  starter.press();
  await starter.until((text) => text === "ON");
  expect(await site.lastValue(lamp.id, "on")).toBeUndefined();
  const solution = start("1-led/solution.mjs", broker(), lamp.name, lamp.apiKey);
  await solution.until((text) => text.startsWith("connected"));
  solution.press();
  await solution.until((text) => text === "ON, stored");
  expect(
    await eventually(
      () => site.lastValue(lamp.id, "on"),
      (on) => on === true,
    ),
  ).toBe(true);
  solution.press();
  await solution.until((text) => text === "OFF, stored");
  expect(
    await eventually(
      () => site.lastValue(lamp.id, "on"),
      (on) => on === false,
    ),
  ).toBe(false);
}, 240_000);

const SECONDS = 8;

test("stage 2: the temperature comes every second; the starter sends none", async () => {
  const sensor = await site.addDevice("thermometer");
  const starter = start("2-temperature/starter.mjs", broker(), sensor.name, sensor.apiKey);
  await starter.until((text) => Number.isFinite(Number(text)));
  expect(await site.stored(sensor.id, "temperature").catch(() => [])).toEqual([]);
  const solution = start("2-temperature/solution.mjs", broker(), sensor.name, sensor.apiKey);
  await solution.until((text) => text.endsWith("°C, stored"));
  const stored = await eventually(
    () => site.stored(sensor.id, "temperature"),
    (values) => values.length > SECONDS,
    SAYS_WITHIN_MS,
  );
  // Each has the time at which it came, be that late: half of the whole is not.
  const apartMs = (stored[SECONDS]?.tsMs ?? 0) - (stored[0]?.tsMs ?? 0);
  expect(apartMs).toBeGreaterThan((SECONDS * 1_000) / 2);
}, 240_000);

/** Stage 3 on the wire to a port; what it says, and the port to point others at. */
async function listenBefore(program: string, toPort: number): Promise<{ wire: Program; port: number }> {
  const wire = start(program, "listen", "0", String(toPort));
  const said = await wire.until((text) => text.startsWith("listening on "));
  return { wire, port: Number(said.split(" ")[2]) };
}

test("stage 3: the starters hear bytes and do not lie yet", async () => {
  const sensor = await site.addDevice("thermometer");
  const { wire, port } = await listenBefore("3-attacks/starter.mjs", site.mqttPort);
  start("2-temperature/solution.mjs", broker(port), sensor.name, sensor.apiKey);
  await wire.until((text) => /^\d+ bytes$/.test(text));
  const liar = start("3-attacks/starter.mjs", "lie", broker(), sensor.name);
  await liar.until((text) => text.startsWith("function "));
  const values = (await site.stored(sensor.id, "temperature").catch(() => [])).map(({ value }) => value);
  expect(values).not.toContain(39.5);
}, 240_000);

test("stage 3: the wire is legible, and without the key nothing can be written", async () => {
  const sensor = await site.addDevice("thermometer");
  const { wire, port } = await listenBefore("3-attacks/solution.mjs", site.mqttPort);
  start("2-temperature/solution.mjs", broker(port), sensor.name, sensor.apiKey);
  await wire.until((text) => text.startsWith(`read temperature/${sensor.name} = `));
  await wire.until((text) => text.startsWith(`stole the key ${sensor.apiKey.slice(0, 10)}`));
  const liar = start("3-attacks/solution.mjs", "lie", broker(), sensor.name);
  await liar.until((text) => text.startsWith("refused: "));
  const values = (await site.stored(sensor.id, "temperature")).map(({ value }) => value);
  expect(values).not.toContain(39.5);
  const attempts = await eventually(
    async () => (await logOf(sensor.id)).filter(({ code }) => code === "login_unproven"),
    ({ length }) => length > 0,
  );
  expect(attempts).toHaveLength(1);
}, 240_000);

test("stage 4: in the channel the same wire says nothing, and the old program is let in no more", async () => {
  const sensor = await site.addDevice("thermometer");
  // The same listener as in stage 3, and beside it a tap that keeps every byte: the device speaks through both.
  const tap = await tapWire(Number(new URL(site.url).port));
  const { wire, port } = await listenBefore("3-attacks/solution.mjs", tap.port);
  const solution = start("4-fixes/solution.mjs", `http://127.0.0.1:${port}`, sensor.claimCode);
  await solution.until((text) => /^enrolled as \S+: (\w+ ?){4}$/.test(text));
  await solution.until((text) => text === "20.25 °C, stored");
  const stored = await eventually(
    () => site.stored(sensor.id, "temperature"),
    (values) => values.length > 0,
  );
  expect(stored[0]?.value).toBeGreaterThan(20);
  expect(wire.said.filter((text) => /^(read|stole) /.test(text))).toEqual([]);
  const heard = tap.heard();
  expect(heard).toContain("/api/v1/channel");
  for (const loot of ['"temperature"', '{"temperature":20.125}', sensor.apiKey])
    expect(isLegible(heard, loot)).toBe(false);
  expect(heard).not.toMatch(/gh_[0-9A-Za-z]{10}_/);
  await site.call("PUT", "/api/v1/channel/policy", { suites: [2, 1], requiredTypes: ["thermometer"] });
  const before = (await site.stored(sensor.id, "temperature")).length;
  const old = start("2-temperature/solution.mjs", broker(), sensor.name, sensor.apiKey);
  await old.until((text) => text === "connected");
  const after = await eventually(
    () => site.stored(sensor.id, "temperature"),
    (values) => values.length >= before + 2,
  );
  expect(after.length).toBeGreaterThanOrEqual(before + 2);
  const refusals = await eventually(
    async () => (await logOf(sensor.id)).filter(({ code }) => code === "refused"),
    ({ length }) => length > 0,
  );
  expect(refusals[0]?.data).toMatchObject({ code: "channel.required", via: "mqtt" });
  // Only what went through the channel: it rises by eighths of a degree.
  expect(after.every(({ value }) => value !== 20 && value % 0.125 === 0)).toBe(true);
  await site.call("PUT", "/api/v1/channel/policy", { suites: [2, 1], requiredTypes: [] });
  const starter = start("4-fixes/starter.mjs", site.url, sensor.claimCode);
  await starter.until((text) => text.includes("function"));
  await tap.close();
}, 240_000);

test("what a WebSocket masks is legible to who listens", () => {
  const key = [7, 200, 33, 91];
  const text = 'before {"temperature":20.125} after';
  const masked = String.fromCharCode(
    ...[...text].map((one, i) => one.charCodeAt(0) ^ (key[i % 4] as number)),
  );
  for (const heard of [text, masked]) {
    expect(isLegible(heard, '{"temperature":20.125}')).toBe(true);
    expect(isLegible(heard, '{"temperature":20.126}')).toBe(false);
  }
});
