import { silentLogger, systemClock, systemRandom } from "@gatehouse/base";
import { DeviceChannel, enrol, webSocketCarrier } from "@gatehouse/device-client";
import { memoryStore } from "@gatehouse/device-client/testing";
import { CONTENT_TYPES, SUITE_IDS } from "@gatehouse/secure-channel";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser, useSession, watchFaults } from "../lib/browser.ts";
import { type Gatehouse, startGatehouse } from "../lib/gatehouse.ts";

// What people see of a device that has keys of its own, and of one that is not believed.

let server: Gatehouse;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let faults: readonly string[];

beforeAll(async () => {
  server = await startGatehouse();
  browser = await openBrowser();
  context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  faults = await watchFaults(context);
  await useSession(context, server.url, server.cookie);
  page = await context.newPage();
});
afterAll(async () => {
  await browser?.close();
  await server?.end();
});

interface Made {
  device: { id: string };
  claim: { code: string };
}

async function addDevice(name: string): Promise<Made> {
  const { items } = await server.call<{ items: { id: string }[] }>("GET", "/api/v1/sites");
  const body = { name, typeId: "thermometer", siteId: items[0]?.id };
  return server.call<Made>("POST", "/api/v1/devices", body);
}

const reading = (temperature: number) => ({
  contentType: CONTENT_TYPES.json,
  payload: Buffer.from(JSON.stringify({ ts: Date.now(), values: { temperature } })),
  sentMs: Date.now(),
});

async function openChannel({ claim }: Made): Promise<DeviceChannel> {
  const { identity } = await enrol({
    url: server.url,
    by: { code: claim.code },
    suite: SUITE_IDS.M1,
    clock: systemClock,
    random: systemRandom,
  });
  const connected = Promise.withResolvers<void>();
  const channel = await DeviceChannel.open({
    identity,
    store: memoryStore(),
    carrier: () => webSocketCarrier({ url: server.url, trust: { unverified: true }, clock: systemClock }),
    clock: systemClock,
    random: systemRandom,
    log: silentLogger,
    events: { connected: () => connected.resolve() },
  });
  channel.start();
  await connected.promise;
  return channel;
}

const panel = (title: string) => page.getByRole("region", { name: title });

test("the Security tab shows suite, handshake, words and key; revoked on screen, the key is out", async () => {
  const made = await addDevice("kitchen");
  const channel = await openChannel(made);
  expect((await channel.send(reading(21.5))).result).toBe("stored");
  await page.goto(`${server.url}/devices/${made.device.id}/security`);
  const state = panel("Secure channel");
  await state.getByText("M1", { exact: true }).first().waitFor();
  await expect.poll(() => state.innerText()).not.toContain("none yet");
  const keys = panel("Keys");
  await keys.getByText("In use").first().waitFor();
  await expect.poll(async () => (await panel("Four words").innerText()).length).toBeGreaterThan(20);
  await keys
    .getByRole("button", { name: /^Revoke/ })
    .first()
    .click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke the key" }).click();
  await keys.getByText("Revoked", { exact: true }).first().waitFor();
  const refused = await channel.send(reading(22)).then(
    ({ result }) => result,
    () => "cut off",
  );
  expect(refused).not.toBe("stored");
  await channel.stop();
});

test("a device that is quarantined on screen has its readings kept apart until it is released", async () => {
  const made = await addDevice("cellar");
  await page.goto(`${server.url}/devices/${made.device.id}/trust`);
  await page
    .getByRole("button", { name: /^Quarantine/ })
    .first()
    .click();
  const dialog = page.getByRole("dialog");
  const reason = dialog.getByRole("textbox");
  await reason.first().fill("It stands beside the oven");
  await dialog.getByRole("button", { name: "Quarantine cellar" }).click();
  await page.getByText("Quarantined").first().waitFor();
  const channel = await openChannel(made);
  await channel.send(reading(19));
  await page.reload();
  await page.getByRole("button", { name: "Move into history" }).first().waitFor();
  await page
    .getByRole("button", { name: /^Release/ })
    .first()
    .click();
  const release = page.getByRole("dialog");
  const why = release.getByRole("textbox");
  await why.first().fill("Moved to the shelf");
  await release.getByRole("button", { name: "Release cellar" }).click();
  await page
    .getByRole("button", { name: /^Quarantine/ })
    .first()
    .waitFor();
  await channel.stop();
  expect(faults).toEqual([]);
});
