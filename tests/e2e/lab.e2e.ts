import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ATTACKS } from "../../lab/attacks/index.ts";
import { fetchAgain } from "../lib/ask-again.ts";
import { accessibilityFaults, openBrowser, useSession, watchFaults } from "../lib/browser.ts";
import { type Gatehouse, startGatehouse } from "../lib/gatehouse.ts";

// The console runs the attack lab beside the server, follows it and keeps it.

/** An attack starts a whole site of its own. */
const RUN = { timeout: 150_000 };
const RUN_ALL = `Run all ${ATTACKS.length}`;

let server: Gatehouse;
let browser: Browser;
beforeAll(async () => {
  [server, browser] = await Promise.all([startGatehouse(), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.end();
});

const allLabFolders = (): string[] =>
  readdirSync(tmpdir()).filter((name) => name.startsWith("gatehouse-lab-"));
const before = new Set(allLabFolders());
/** Of this server's runs: what another run left on the machine is not its doing. */
const labFolders = (): string[] => allLabFolders().filter((name) => !before.has(name));

async function openLab() {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    reducedMotion: "reduce",
  });
  const faults = await watchFaults(context);
  await useSession(context, server.url, server.cookie);
  const page = await context.newPage();
  await page.goto(`${server.url}/lab`);
  return { page, faults, close: () => context.close() };
}

test("one attack is run from its row, followed live on both sides, and kept with its evidence", {
  timeout: 400_000,
}, async () => {
  const { page, faults, close } = await openLab();
  await page.getByRole("heading", { level: 1, name: "No attack has been run yet." }).waitFor();
  await page.getByText("This server and your devices are never touched or weakened.").waitFor();
  await page.getByRole("button", { name: "Run “Replay an old message”" }).click();
  await page.getByRole("heading", { level: 1, name: /1 of 1 finished attack was stopped\.$/ }).waitFor(RUN);
  const row = page.getByRole("row", { name: /Replay an old message/ });
  await row.getByText("Replay guard").waitFor();
  await row.getByText("succeeds").waitFor();
  const log = page.getByRole("log");
  await log.getByText("recorded", { exact: false }).first().waitFor();
  await expect.poll(() => log.getByText("attacker", { exact: true }).count()).toBeGreaterThan(2);
  await log.getByText("control off").first().waitFor();
  await page.getByText("door open").first().waitFor();
  const controls = page.getByRole("region", { name: "Controls" });
  await controls.getByRole("checkbox", { name: "Replay guard" }).uncheck();
  await controls.getByText("1 attack gets through without them:").waitFor();
  await row.getByText("got through").waitFor();
  await controls.getByRole("checkbox", { name: "Topic permissions" }).uncheck();
  await controls.getByText("Replay an old message", { exact: false }).waitFor();
  await controls.getByRole("checkbox", { name: "Replay guard" }).check();
  await controls.getByText("has not shown yet").waitFor();
  await row.getByText("Replay guard").waitFor();
  await page.getByRole("list", { name: "Runs" }).getByText("Passed").waitFor();
  expect([...(await accessibilityFaults(page)), ...faults]).toEqual([]);
  await close();
});

test("a run of all is stopped, its site is gone, and another can begin", { timeout: 400_000 }, async () => {
  const { page, faults, close } = await openLab();
  await page.getByRole("button", { name: RUN_ALL }).click();
  await page.getByRole("heading", { level: 1, name: /(run|first attack) is under way\.$/ }).waitFor();
  await page.getByText(/running, step \d of \d/).waitFor(RUN);
  const refused = await fetchAgain(`${server.url}/api/v1/lab/runs`, {
    method: "POST",
    headers: { cookie: server.cookie, "content-type": "application/json" },
    body: "{}",
  });
  expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([409, "lab.running"]);
  expect(await page.getByRole("button", { name: /^Run “/ }).count()).toBe(0);
  await page.getByRole("button", { name: /^Stop “/ }).click();
  await page.getByRole("button", { name: RUN_ALL }).waitFor();
  await page.getByRole("list", { name: "Runs" }).getByText("Stopped").waitFor();
  await expect.poll(labFolders).toEqual([]);
  expect(faults).toEqual([]);
  await close();
});

test("a server that stops takes the run with it", async () => {
  await server.call("POST", "/api/v1/lab/runs", {});
  await expect.poll(labFolders).toHaveLength(1);
  await server.kill("SIGTERM");
  await expect.poll(labFolders).toEqual([]);
  await server.restart();
  const state = async () =>
    (await server.call<{ items: { state: string }[] }>("GET", "/api/v1/lab/runs")).items[0]?.state;
  await expect.poll(state).toMatch(/^(broken|cancelled)$/);
});
