import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { eventually } from "./site/device.ts";
import { LabSite } from "./site/site.ts";

// The solutions of docs/course, run as a student runs them, against a real server; the starters start and do nothing yet.

const FOLDER = new URL("../docs/course/", import.meta.url);
let site: LabSite;
beforeAll(async () => {
  site = await LabSite.make(true);
  await site.startWith(undefined);
}, 60_000);
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
      );
      const found = said.find(isSaid);
      expect(found, said.join("\n")).toBeDefined();
      return found as string;
    },
  };
}

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
}, 60_000);

test("stage 2: the temperature comes every second; the starter sends none", async () => {
  const sensor = await site.addDevice("thermometer");
  const starter = start("2-temperature/starter.mjs", broker(), sensor.name, sensor.apiKey);
  await starter.until((text) => Number.isFinite(Number(text)));
  expect(await site.stored(sensor.id, "temperature").catch(() => [])).toEqual([]);
  const solution = start("2-temperature/solution.mjs", broker(), sensor.name, sensor.apiKey);
  await solution.until((text) => text.endsWith("°C, stored"));
  const stored = await eventually(
    () => site.stored(sensor.id, "temperature"),
    (values) => values.length >= 3,
  );
  const [first, , third] = stored;
  const apartMs = (third?.tsMs ?? 0) - (first?.tsMs ?? 0);
  expect(apartMs).toBeGreaterThan(1_000);
}, 60_000);

test("stage 3: the wire is legible, and without the key nothing can be written", async () => {
  const sensor = await site.addDevice("thermometer");
  const starter = start("3-attacks/starter.mjs", "listen", "0", String(site.mqttPort));
  await starter.until((text) => text.startsWith("listening on "));
  const wire = start("3-attacks/solution.mjs", "listen", "0", String(site.mqttPort));
  const port = Number((await wire.until((text) => text.startsWith("listening on "))).split(" ")[2]);
  start("2-temperature/solution.mjs", broker(port), sensor.name, sensor.apiKey);
  await wire.until((text) => text.startsWith(`read temperature/${sensor.name} = `));
  await wire.until((text) => text.startsWith(`stole the key ${sensor.apiKey.slice(0, 10)}`));
  const liar = start("3-attacks/solution.mjs", "lie", broker(), sensor.name);
  await liar.until((text) => text.startsWith("refused: "));
  const values = (await site.stored(sensor.id, "temperature")).map(({ value }) => value);
  expect(values).not.toContain(39.5);
}, 60_000);

test("stage 4: in the channel the same wire says nothing, and the old program is let in no more", async () => {
  const sensor = await site.addDevice("thermometer");
  const solution = start("4-fixes/solution.mjs", site.url, sensor.claimCode);
  await solution.until((text) => /^enrolled as \S+: (\w+ ?){4}$/.test(text));
  await solution.until((text) => text.endsWith("°C, stored"));
  const stored = await eventually(
    () => site.stored(sensor.id, "temperature"),
    (values) => values.length > 0,
  );
  expect(stored[0]?.value).toBeGreaterThan(20);
  await site.call("PUT", "/api/v1/channel/policy", { suites: [2, 1], requiredTypes: ["thermometer"] });
  const before = (await site.stored(sensor.id, "temperature")).length;
  const old = start("2-temperature/solution.mjs", broker(), sensor.name, sensor.apiKey);
  await old.until((text) => text === "connected");
  const after = await eventually(
    () => site.stored(sensor.id, "temperature"),
    (values) => values.length >= before + 2,
  );
  // Only what went through the channel: it rises by eighths of a degree.
  expect(after.every(({ value }) => value !== 20 && value % 0.125 === 0)).toBe(true);
  await site.call("PUT", "/api/v1/channel/policy", { suites: [2, 1], requiredTypes: [] });
  const starter = start("4-fixes/starter.mjs", site.url, sensor.claimCode);
  await starter.until((text) => text.includes("function"));
}, 60_000);
