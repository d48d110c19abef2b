import { execFileSync, spawnSync } from "node:child_process";
import mqtt, { type MqttClient } from "mqtt";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser, watchFaults } from "../lib/browser.ts";
import { type Gatehouse, startGatehouse } from "../lib/gatehouse.ts";

// The main job, by hand: from the setup link to a live value, a command, and back out. Each test goes on where the one before ended.

const EMAIL = "ada@example.org";
const PASSWORD = "plum-harbour-tunnel-49-otter";
const hasMosquitto = spawnSync("sh", ["-c", "command -v mosquitto_pub"]).status === 0;

let server: Gatehouse;
let browser: Browser;
let page: Page;
let faults: string[];
let led: MqttClient | undefined;
let boilerKey: string;

beforeAll(async () => {
  [server, browser] = await Promise.all([startGatehouse({}, { owner: false }), openBrowser()]);
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en-GB" });
  // Answers that these tests provoke: not logged in, weak password.
  faults = await watchFaults(context, [401, 422]);
  page = await context.newPage();
});
afterAll(async () => {
  await led?.endAsync(true);
  await browser?.close();
  await server?.end();
});

const heading = (name: string) => page.getByRole("heading", { level: 1, name });

async function addDevice(type: string, name: string): Promise<string> {
  await page.getByRole("radio", { name: type }).check({ force: true });
  await page.getByLabel("Name", { exact: false }).first().fill(name);
  await page.getByRole("button", { name: "Add and make its key" }).click();
  return page
    .getByText(/^gh_\S+$/)
    .first()
    .innerText();
}

async function publish(name: string, key: string, payload: string): Promise<void> {
  const topic = `gh/${name}/up/telemetry`;
  if (hasMosquitto) {
    const to = ["-h", "127.0.0.1", "-p", String(server.mqttPort), "-u", name, "-P", key];
    execFileSync("mosquitto_pub", [...to, "-q", "1", "-t", topic, "-m", payload]);
    return;
  }
  const client = await connect(name, key);
  await client.publishAsync(topic, payload, { qos: 1 });
  await client.endAsync();
}

const connect = (name: string, key: string): Promise<MqttClient> =>
  mqtt.connectAsync(`mqtt://127.0.0.1:${server.mqttPort}`, {
    username: name,
    password: key,
    clientId: `first-light-${name}`,
    reconnectPeriod: 0,
  });

async function login(on: Page, password: string): Promise<void> {
  await on.getByLabel("E-mail address").fill(EMAIL);
  await on.getByLabel("Password", { exact: true }).fill(password);
  await on.getByRole("button", { name: "Log in" }).click();
}

test("the setup link makes an owner, with a strong password only", async () => {
  await page.goto(server.setupUrl ?? "");
  await heading("Make yourself the owner").waitFor();
  await page.getByLabel("Organisation or household").fill("Harbour House");
  await page.getByLabel("Your name").fill("Ada Marin");
  await page.getByLabel("E-mail address").fill(EMAIL);
  await page.getByLabel("Password", { exact: true }).fill("password12345");
  await page.getByText("Easy to guess").waitFor();
  await page.getByRole("button", { name: "Create the owner" }).click();
  await page.getByText("This password is too easy to guess. Choose a longer or less common one.").waitFor();
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByText("It is accepted.").waitFor();
  await page.getByRole("button", { name: "Create the owner" }).click();
  await heading("Make a recovery kit").waitFor();
  await page.getByRole("button", { name: "Later: continue to the address" }).click();
  await heading("Check the address and the certificate").waitFor();
  await page.getByRole("button", { name: "Continue to the first device" }).click();
});

test("the first device is added, publishes with the key on screen, and its value appears", async () => {
  await page.getByRole("button", { name: "Add a device" }).click();
  boilerKey = await addDevice("Thermometer", "boiler-room");
  await page.getByText("Waiting for the first reading").waitFor();
  await publish("boiler-room", boilerKey, '{"temperature": 21.4}');
  await page.getByText("boiler-room is in").waitFor();
  await page.getByText(/21\.4/).first().waitFor();
  await page.getByRole("link", { name: "Open its page" }).click();
  await heading("boiler-room").waitFor();
  await page.getByText("21.4 °C").first().waitFor();
  await publish("boiler-room", boilerKey, '{"temperature": 22.8}');
  await page.getByText("22.8 °C").first().waitFor();
  expect(faults).toEqual([]);
});

test("a switch on screen commands the device, and its answer is shown", async () => {
  await page.goto(new URL("/devices/add", page.url()).href);
  const key = await addDevice("LED", "hall-lamp");
  led = await connect("hall-lamp", key);
  const device = led;
  let on = false;
  const report = () => device.publishAsync("gh/hall-lamp/up/telemetry", JSON.stringify({ on }), { qos: 1 });
  const received: unknown[] = [];
  device.on("message", (_, payload) => {
    const { id, params } = JSON.parse(payload.toString("utf8")) as { id: string; params: { on: boolean } };
    received.push(params);
    on = params.on;
    void device
      .publishAsync("gh/hall-lamp/up/event", JSON.stringify({ id, ok: true }), { qos: 1 })
      .then(report);
  });
  await device.subscribeAsync("gh/hall-lamp/down/command", { qos: 1 });
  await report();
  await page.getByRole("link", { name: "Open its page" }).click();
  await heading("hall-lamp").waitFor();
  const lamp = page.getByRole("switch").first();
  await lamp.waitFor({ state: "attached" });
  expect(await lamp.isChecked()).toBe(false);
  await lamp.click({ force: true });
  await page.getByRole("status").getByText("Done").waitFor();
  expect(received).toEqual([{ on: true }]);
  // Its new state is a reading of its own, which may come after the answer.
  await page.getByRole("switch", { checked: true }).first().waitFor({ state: "attached" });
  await page.getByRole("tab", { name: "Commands" }).click();
  await page.getByRole("table").getByText("Done").first().waitFor();
  expect(faults).toEqual([]);
});

test("revoking on screen drops the live connection", async () => {
  const dropped = new Promise<void>((resolve) => led?.once("close", () => resolve()));
  expect(led?.connected).toBe(true);
  await page.getByRole("button", { name: "Revoke", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke hall-lamp" }).click();
  await dropped;
  await page.getByRole("button", { name: "Admit again" }).waitFor();
  expect(faults).toEqual([]);
});

test("log-out, a wrong password, the right one", async () => {
  await page.getByRole("button", { name: /Ada Marin/ }).click();
  await page.getByRole("button", { name: "Log out" }).click();
  await heading("Log in").waitFor();
  await login(page, "plum-harbour-tunnel-49-badger");
  await page.getByText("The e-mail address or the password is wrong.").waitFor();
  await login(page, PASSWORD);
  await page.getByRole("button", { name: /Ada Marin/ }).waitFor();
  expect(faults).toEqual([]);
});

test("another browser's session is ended from the sessions page and thrown out", async () => {
  const elsewhere = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-GB" });
  const otherFaults = await watchFaults(elsewhere, [401]);
  const other = await elsewhere.newPage();
  await other.goto(new URL("/devices", page.url()).href);
  await login(other, PASSWORD);
  // It is online for half a minute after each value.
  const isOnline = async (): Promise<boolean> => {
    await publish("boiler-room", boilerKey, '{"temperature": 22.9}');
    return other.getByRole("heading", { level: 1, name: "2 devices, 1 online." }).isVisible();
  };
  await expect.poll(isOnline, { interval: 1_000 }).toBe(true);
  await page.goto(new URL("/account", page.url()).href);
  await page
    .getByRole("button", { name: /^End the session/ })
    .first()
    .click();
  await other.getByText("Your session has ended.").waitFor();
  await page.getByText("This one").waitFor();
  expect([...faults, ...otherFaults]).toEqual([]);
  await elsewhere.close();
});
