import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { FloodClient } from "../../bench/lib/flood-worker.ts";
import { fetchAgain } from "../lib/ask-again.ts";
import { accessibilityFaults, openBrowser, useSession, watchFaults } from "../lib/browser.ts";
import { type Gatehouse, startGatehouse } from "../lib/gatehouse.ts";
import { takePulse } from "../lib/pulse.ts";

type Device = FloodClient & { deviceId: string };
interface Topics {
  granted: object[];
  revision: number;
}

const hasClients = spawnSync("sh", ["-c", "command -v mosquitto_pub"]).status === 0;

let server: Gatehouse;
let sensor: Device;
let display: Device;
const children: ChildProcess[] = [];

beforeAll(async () => {
  server = await startGatehouse();
  [sensor, display] = (await server.createDevices(2, "generic")) as [Device, Device];
});
afterAll(() => server.end());
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

const setTopics = (device: Device, ...granted: object[]): Promise<Topics> =>
  server.call("PUT", `/api/v1/devices/${device.deviceId}/topics`, { granted });
const grant = (pattern: string, publish: boolean, subscribe: boolean) => ({ pattern, publish, subscribe });
const as = ({ username, password }: Device): string[] =>
  `-h 127.0.0.1 -p ${server.mqttPort} -q 1 -u ${username} -P ${password}`.split(" ");

async function publish(device: Device, topic: string, message: string): Promise<void> {
  const child = spawn("mosquitto_pub", [...as(device), "-t", topic, "-m", message], { stdio: "ignore" });
  expect(await once(child, "exit")).toEqual([0, null]);
}

/** mosquitto_sub with what it printed; resolves when the broker has answered the subscription. */
async function subscribe(device: Device, topic: string): Promise<{ output: string }> {
  // Line by line: into a pipe it would print in blocks.
  const child = spawn("stdbuf", ["-oL", "mosquitto_sub", ...as(device), "-d", "-v", "-t", topic]);
  children.push(child);
  const heard = { output: "" };
  child.stdout.on("data", (bytes) => (heard.output += bytes));
  child.stderr.on("data", (bytes) => (heard.output += bytes));
  // The answer is two lines: that it came, and what it says.
  while (!/Subscribed|denied/.test(heard.output)) await sleep(20);
  return heard;
}

async function refusals(device: Device): Promise<string[]> {
  const { items } = await server.call<{ items: { code: string; detail?: string }[] }>(
    "GET",
    `/api/v1/devices/${device.deviceId}/refusals`,
  );
  return items.map(({ code, detail }) => `${code} ${detail ?? ""}`);
}

test.skipIf(!hasClients)("a granted topic passes between two devices, a foreign one does not", async () => {
  await setTopics(sensor, grant("house/kitchen/temperature", true, false));
  await setTopics(display, grant("house/#", false, true));
  const heard = await subscribe(display, "house/+/temperature");
  await publish(sensor, "house/kitchen/temperature", "21.5");
  await publish(sensor, "house/cellar/temperature", "9.5");
  await publish(sensor, "house/kitchen/temperature", "22.5");
  while (!heard.output.includes("22.5")) await sleep(20);
  expect(heard.output).toContain("house/kitchen/temperature 21.5");
  expect(heard.output).not.toContain("9.5");
  const foreign = await subscribe(display, `gh/${sensor.username}/up/telemetry`);
  expect(foreign.output).toMatch(/128|denied|rejected/i);
  await expect.poll(() => refusals(sensor)).toContain("message.topic_unknown house/cellar/temperature");
  await expect
    .poll(() => refusals(display))
    .toContain(`message.topic_forbidden gh/${sensor.username}/up/telemetry`);
});

test.skipIf(!hasClients)("taking a topic away silences an open subscription within a second", async () => {
  await using pulse = takePulse();
  await setTopics(sensor, grant("yard/#", true, false));
  await setTopics(display, grant("yard/gate", false, true), grant("yard/lamp", false, true));
  const heard = await subscribe(display, "yard/gate");
  await publish(sensor, "yard/gate", "open");
  while (!heard.output.includes("yard/gate open")) await sleep(20);
  await setTopics(display, grant("yard/lamp", false, true));
  const takenMs = Date.now();
  while (pulse.msBetween(takenMs, Date.now()) < 1_000) await sleep(20);
  await publish(sensor, "yard/gate", "shut");
  const lamp = await subscribe(display, "yard/lamp");
  await publish(sensor, "yard/lamp", "on");
  while (!lamp.output.includes("yard/lamp on")) await sleep(20);
  expect(heard.output).not.toContain("shut");
});

const LOOKS = [
  {
    viewport: { width: 1440, height: 900 },
    language: "en",
    save: "Save the topic",
    act: "Take the topic away",
  },
  {
    viewport: { width: 390, height: 844 },
    language: "fr",
    save: "Enregistrer le sujet",
    act: "Retirer le sujet",
  },
] as const;

test.each(LOOKS)("a topic is granted, changed and taken away in the console, $language", async (look) => {
  await setTopics(sensor);
  const granted = async () =>
    (await server.call<Topics>("GET", `/api/v1/devices/${sensor.deviceId}/topics`)).granted;
  const browser = await openBrowser();
  try {
    const saved = await fetchAgain(`${server.url}/api/v1/auth/me`, {
      method: "PATCH",
      headers: { cookie: server.cookie, "content-type": "application/json" },
      body: JSON.stringify({ language: look.language }),
    });
    expect(saved.status).toBe(200);
    const context = await browser.newContext({ viewport: look.viewport, reducedMotion: "reduce" });
    const faults = await watchFaults(context);
    await useSession(context, server.url, server.cookie);
    const page = await context.newPage();
    await page.goto(`${server.url}/devices/${sensor.deviceId}/credentials`);
    await page.getByRole("button", { name: /^(Grant a topic|Accorder un sujet)$/ }).click();
    const dialog = page.getByRole("dialog");
    const topic = dialog.getByRole("textbox");
    const save = dialog.getByRole("button", { name: look.save });
    await topic.fill("gh/other/up/telemetry");
    await save.click();
    await dialog.getByText(/gh, led, temperature/).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await topic.fill("house/+/lamp");
    await save.click();
    await dialog.waitFor({ state: "detached" });
    expect(await granted()).toEqual([grant("house/+/lamp", false, true)]);
    await page.getByRole("button", { name: /^(Change|Modifier) house/ }).click();
    await dialog.getByRole("checkbox").first().check();
    await save.click();
    await dialog.waitFor({ state: "detached" });
    expect(await granted()).toEqual([grant("house/+/lamp", true, true)]);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole("button", { name: /^(Take away|Retirer) house/ }).click();
    await dialog.getByRole("button", { name: look.act }).click();
    await page.getByText(/^(Only its own topics|Seulement ses propres sujets)$/).waitFor();
    expect(await granted()).toEqual([]);
    expect(faults).toEqual([]);
  } finally {
    await browser.close();
  }
});

test("a topic that is not to be had is refused with its reason, and grants survive a restart", async () => {
  const granted = [grant("house/#", false, true)];
  await setTopics(display, ...granted);
  await expect(setTopics(display, grant(`gh/${sensor.username}/up/telemetry`, false, true))).rejects.toThrow(
    /"reason":"reserved".*device\.topic_not_grantable/,
  );
  await server.kill("SIGKILL");
  await server.restart();
  const topics = await server.call<Topics>("GET", `/api/v1/devices/${display.deviceId}/topics`);
  expect(topics.granted).toEqual(granted);
});
