import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync, zipSync } from "fflate";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { accessibilityFaults, openBrowser, useSession, watchFaults } from "../lib/browser.ts";
import { type Gatehouse, OWNER_PASSWORD, startGatehouse } from "../lib/gatehouse.ts";

const DESKTOP = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };

const folder = mkdtempSync(join(tmpdir(), "audit pages "));
const exported = join(folder, "log.zip");
let server: Gatehouse;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let faults: string[];
let deviceId: string;

beforeAll(async () => {
  [server, browser] = await Promise.all([startGatehouse(), openBrowser()]);
  const { items } = await server.call<{ items: { id: string }[] }>("GET", "/api/v1/sites");
  const body = { name: "cellar-pump", typeId: "plug", siteId: items[0]?.id };
  const made = await server.call<{ device: { id: string } }>("POST", "/api/v1/devices", body);
  deviceId = made.device.id;
  context = await browser.newContext({ viewport: DESKTOP, reducedMotion: "reduce", acceptDownloads: true });
  // The export is refused until the person has confirmed that it is them.
  faults = await watchFaults(context, [403]);
  await useSession(context, server.url, server.cookie);
  page = await context.newPage();
});
afterAll(async () => {
  await browser?.close();
  await server?.end();
  rmSync(folder, { recursive: true });
});

test("entries name what they are about; a name finds them, and one view has everything about it", async () => {
  await page.goto(`${server.url}/audit`);
  await page.getByRole("button", { name: "Export with proof" }).waitFor();
  await page.getByLabel("Search a name, an e-mail or an address").fill("CELLAR");
  await page.getByRole("row", { name: /Device added .*cellar-pump/ }).waitFor();
  await page.goto(`${server.url}/devices/${deviceId}/log`);
  await page.getByRole("link", { name: "In the audit log" }).click();
  await page.getByText("Only what cellar-pump did, or what was done to it or them").waitFor();
  expect([...(await accessibilityFaults(page)), ...faults]).toEqual([]);
});

test("log-ins and sessions are one choice away, from the people's page", async () => {
  await fetch(`${server.url}/api/v1/auth/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: "owner@example.org", password: "not the password" }),
  });
  await page.goto(`${server.url}/people`);
  await page.getByRole("link", { name: "Sign-ins and sessions" }).click();
  await page.getByRole("row", { name: /Log-in refused/ }).waitFor();
  expect(await page.getByRole("row", { name: /cellar-pump/ }).count()).toBe(0);
  expect(await accessibilityFaults(page)).toEqual([]);
});

test("what an export holds is said before the click, and nothing is exported that nobody could find", async () => {
  await page.goto(`${server.url}/audit?about=${deviceId}&from=2001-01-01&to=2001-01-02`);
  await page.getByRole("button", { name: "Export with proof" }).click();
  const dialog = page.getByRole("dialog", { name: "Export the audit log" });
  await dialog.getByText("Nothing matches, so there is nothing to export.").waitFor();
  await dialog.getByText("more than 1,000,000 entries are refused").waitFor();
  expect(await dialog.getByRole("button", { name: "Export", exact: true }).isDisabled()).toBe(true);
  expect([...(await accessibilityFaults(page)), ...faults]).toEqual([]);
});

test("an export waits for the person to confirm, and is saved", async () => {
  await page.goto(`${server.url}/audit`);
  await page.getByRole("button", { name: "Export with proof" }).click();
  const dialog = page.getByRole("dialog", { name: "Export the audit log" });
  await dialog.getByText(/^Entries 0 to \d+\.$/).waitFor();
  const saved = page.waitForEvent("download");
  await dialog.getByRole("button", { name: "Export", exact: true }).click();
  const password = page.locator("input[type=password]");
  await password.fill(OWNER_PASSWORD);
  await password.press("Enter");
  await (await saved).saveAs(exported);
  await dialog.getByText(/^audit-log-[\d-]+\.zip is saved/).waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  expect(Object.keys(unzipSync(readFileSync(exported)))).toContain("verify.html");
  expect(faults).toEqual([]);
});

/** The verdict on a file; `pinned` after the reader has compared the fingerprint. */
async function judge(on: Page, path: string): Promise<string> {
  await on.setInputFiles("#file", []);
  await on.setInputFiles("#file", path);
  const verdict = on.locator("#verdict:not(:text('Verifying …'))");
  await verdict.waitFor({ timeout: 60_000 });
  return (await verdict.textContent()) ?? "";
}

test("anybody proves it at /verify without a network; a byte that was changed is named", async () => {
  const visitor = await browser.newContext({ viewport: DESKTOP, locale: "en-GB", reducedMotion: "reduce" });
  const seen = await watchFaults(visitor, []);
  const verifier = await visitor.newPage();
  await verifier.goto(`${server.url}/login`);
  await verifier.getByRole("link", { name: "Verify an export of the audit log" }).click();
  await verifier.getByRole("heading", { name: "This installation says it is" }).waitFor();
  await verifier.evaluate("navigator.serviceWorker.ready.then(() => true)");
  await visitor.setOffline(true);
  await verifier.reload();
  await verifier.getByRole("heading", { name: "This installation says it is" }).waitFor();
  expect(await judge(verifier, exported)).toContain("NOT PINNED");
  expect(await verifier.textContent("#found")).toBe(await verifier.textContent("#own"));
  expect(await verifier.textContent("#found-words")).toBe(await verifier.textContent("#own-words"));
  await verifier.getByRole("button", { name: "I have compared it: use it" }).click();
  await verifier.getByText("Genuine: everything is as this installation logged it.").waitFor();
  expect(await accessibilityFaults(verifier)).toEqual([]);

  const files = unzipSync(readFileSync(exported));
  const lines = new TextDecoder().decode(files["events.ndjson"]).split("\n");
  const at = lines.findIndex((line) => line.includes(deviceId));
  lines[at] = (lines[at] ?? "").replace('"outcome":"done"', '"outcome":"dona"');
  const changed = join(folder, "changed.zip");
  writeFileSync(changed, zipSync({ ...files, "events.ndjson": new TextEncoder().encode(lines.join("\n")) }));
  expect(await judge(verifier, changed)).toContain("NOT GENUINE");
  expect(await verifier.locator("#problems tbody tr").allTextContents()).toEqual([
    `${at}${at + 1}This event was changed.`,
  ]);
  expect(await accessibilityFaults(verifier)).toEqual([]);
  expect(seen).toEqual([]);
  await visitor.close();
});

test("on a phone, in the dark and in French, the page that verifies fits and is accessible", async () => {
  const visitor = await browser.newContext({
    viewport: PHONE,
    locale: "fr-CA",
    colorScheme: "dark",
    reducedMotion: "reduce",
  });
  const seen = await watchFaults(visitor);
  const verifier = await visitor.newPage();
  await verifier.goto(`${server.url}/verify`);
  await verifier.getByRole("heading", { name: "Vérifier un export du journal d’audit" }).waitFor();
  await verifier.setInputFiles("#file", exported);
  await verifier.getByText("N’EST PAS COMPARÉE").waitFor();
  await verifier
    .getByLabel("Empreinte, ou ses douze mots")
    .fill((await verifier.textContent("#own-words")) ?? "");
  await verifier.keyboard.press("Tab");
  await verifier.getByText("Authentique").waitFor();
  expect(await accessibilityFaults(verifier)).toEqual([]);
  expect(
    await verifier.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"),
  ).toBe(false);
  expect(seen).toEqual([]);
  await visitor.close();
});

test("what is gone is named as removed, and its entries stay", async () => {
  await server.call("DELETE", `/api/v1/devices/${deviceId}`);
  await page.goto(`${server.url}/audit?about=${deviceId}`);
  await page.getByRole("row", { name: /Device removed .*removed device/ }).waitFor();
  expect(faults).toEqual([]);
});
