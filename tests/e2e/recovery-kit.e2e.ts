import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { accessibilityFaults, openBrowser } from "../lib/browser.ts";
import { gatehouse } from "../lib/command-line.ts";
import { type Gatehouse, startGatehouse } from "../lib/gatehouse.ts";
import { button, DESKTOP, field, heading, logIn, PHONE, type Visitor, visit } from "../lib/visitor.ts";

const PASSWORD = "plum-harbour-tunnel-49-otter";

let server: Gatehouse;
let browser: Browser;
let owner: Visitor;
let page: Page;
beforeAll(async () => {
  server = await startGatehouse({}, { owner: false });
  browser = await openBrowser();
  owner = await visit(browser);
  page = owner.page;
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await server?.end();
});

/** The groups on the sheet. */
const groupsOn = (sheet: Page): Promise<string[]> =>
  sheet.getByRole("list", { name: "Recovery code, seven groups" }).locator(".mono").allInnerTexts();

/** Types back the groups that are asked for. */
async function typeBack(groups: readonly string[]): Promise<void> {
  const labels = page.getByRole("textbox", { name: /^Group \d$/ });
  await labels.first().waitFor();
  expect(await labels.count()).toBe(2);
  for (const [at, group] of groups.entries()) {
    const asked = field(page, `Group ${at + 1}`);
    if ((await asked.count()) > 0) await asked.fill(group.toLowerCase());
  }
}

test("the wizard shows the code once, wants two groups from paper, and goes on", async () => {
  await page.goto(server.setupUrl ?? "");
  await field(page, "Organisation or household").fill("Harbour House");
  await field(page, "Your name").fill("Ada Marin");
  await field(page, "E-mail address").fill("owner@example.org");
  await field(page, "Password").fill(PASSWORD);
  await button(page, "Create the owner").click();
  await heading(page, "Make a recovery kit");
  expect(await accessibilityFaults(page)).toEqual([]);
  await button(page, "Make the recovery kit").click();
  await page.getByRole("dialog").getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("dialog").getByRole("button", { name: "Confirm" }).click();

  const sheet = page.getByRole("article", { name: "Gatehouse recovery kit" });
  await sheet.waitFor();
  const groups = await groupsOn(page);
  expect(groups).toHaveLength(7);
  const { words } = await (await fetch(`${server.url}/api/v1/ledger/trust`)).json();
  expect(
    await sheet.getByRole("list", { name: "The fingerprint in twelve words" }).locator("li").allInnerTexts(),
  ).toEqual(words);
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.emulateMedia({ media: "print" });
  expect(await sheet.isVisible()).toBe(true);
  expect(await button(page, "Print the sheet").isVisible()).toBe(false);
  await page.emulateMedia({ media: "screen" });

  await button(page, "I have it on paper").click();
  await expect.poll(() => page.getByText(groups[0] ?? "").count()).toBe(0);
  await typeBack(groups.map(() => "AAAAA"));
  await button(page, "Confirm the kit").click();
  await page.getByText("This is not what stands on the sheet.").waitFor();
  await typeBack(groups);
  await button(page, "Confirm the kit").click();
  await heading(page, "Check the address and the certificate");
  await button(page, "Continue to the first device").click();
  await page.getByRole("heading", { name: "Fingerprint of this installation" }).waitFor();
  expect(existsSync(join(server.dataDir, "secrets", "recovery-kit.json"))).toBe(true);
}, 120_000);

test("the settings say when it was made and make another; on a phone too", async () => {
  await page.setViewportSize(PHONE);
  await page.goto(`${server.url}/settings/recovery`);
  await page.getByText(/^Made on /).waitFor();
  await page.getByText("The audit log has never begun anew").waitFor();
  await button(page, "Make a new kit").click();
  await page.getByRole("article", { name: "Gatehouse recovery kit" }).waitFor();
  expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
  expect(await accessibilityFaults(page)).toEqual([]);
  const groups = await groupsOn(page);
  await button(page, "I have it on paper").click();
  await typeBack(groups);
  await button(page, "Confirm the kit").click();
  await page.getByText(/counts from now on/).waitFor();
  const recorded = async () => {
    const { items } = await server.call<{ items: { act: { data: object } }[] }>(
      "GET",
      "/api/v1/ledger/entries?kind=recovery_kit.made",
    );
    return items.map(({ act }) => Object.keys(act.data));
  };
  // An act has its place in the log within moments.
  await expect.poll(recorded, { timeout: 30_000 }).toEqual([["kit", "replaces"], ["kit"]]);
  expect(owner.faults).toEqual([]);
}, 120_000);

test("after a restore the owner says why, and the restart stays on the page", async () => {
  const backup = join(server.dataDir, "copy");
  expect((await gatehouse(server.dataDir, ["backup", backup, "--json"])).json()).toMatchObject({
    key: "kit",
  });
  await server.kill("SIGTERM");
  await gatehouse(server.dataDir, ["restore", backup, "--force"]);
  await server.restart();
  await page.setViewportSize(DESKTOP);
  await logIn(page, server.url, "owner@example.org", PASSWORD);
  const need = page.getByRole("listitem").filter({ hasText: "The audit log began anew" });
  await need.getByRole("link", { name: "Review" }).click();
  await field(page, "Reason").fill("The disk failed");
  expect(await accessibilityFaults(page)).toEqual([]);
  await button(page, "Acknowledge the restart").click();
  await page.getByRole("dialog").getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("dialog").getByRole("button", { name: "Confirm" }).click();
  await page.getByText(/^Acknowledged on .*: The disk failed$/).waitFor();
  await page.goto(server.url);
  await page.getByRole("heading", { name: "Nothing is connected yet" }).waitFor();
  expect(await need.count()).toBe(0);
}, 180_000);
