import type { access, operations } from "@gatehouse/contract";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser, useSession, watchFaults } from "../lib/browser.ts";
import { type Asker, type House, openHouse } from "../lib/organisations.ts";

// Roles, grants, tokens, second persons and organisations as people use them: in the console.

type Named = Asker & { readonly personId: string };

/** Chromium logs the answer to an act that is kept for a second person. */
const HELD_STATUS = 403;

let house: House;
let browser: Browser;
let owner: Named;

beforeAll(async () => {
  [house, browser] = await Promise.all([openHouse(), openBrowser()]);
  owner = await house.person(house.host.tenantId, "owner");
});
afterAll(async () => {
  await browser?.close();
  await house?.end();
});

interface Desk {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly faults: readonly string[];
  goto(path: string): Promise<void>;
}

/** A browser of this person's own. */
async function sitDown({ headers }: Asker, expected: readonly number[] = []): Promise<Desk> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    reducedMotion: "reduce",
  });
  const faults = await watchFaults(context, expected);
  await useSession(context, house.server.url, headers.cookie ?? "");
  const page = await context.newPage();
  const goto = async (path: string) => {
    await page.goto(house.server.url + path);
    await page.locator("h1").first().waitFor();
  };
  return { page, context, faults, goto };
}

const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });
const cell = (page: Page, name: string) => page.getByRole("cell", { name, exact: true });
const heading = (page: Page, text: string | RegExp) =>
  page.getByRole("heading", { level: 1, name: text }).waitFor();
const navigation = (page: Page) =>
  page
    .getByRole("navigation", { name: "Main" })
    .getByRole("link")
    .evaluateAll((links) => links.map((link) => (link as unknown as { pathname: string }).pathname));
const devicesWith = (token: string) =>
  fetch(`${house.server.url}/api/v1/devices`, { headers: { authorization: `Bearer ${token}` } });

test("a role made by hand and given at one site opens that site to its holder, and nothing else", async () => {
  const keeper = await house.person(house.host.tenantId, "guard", { everywhere: false });
  const desk = await sitDown(owner);
  const { page } = desk;
  await desk.goto("/roles");
  await button(page, "Add a role").click();
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("Key keeper");
  await page.getByRole("searchbox", { name: "Search what it may do" }).fill("devices");
  await page.getByLabel("see devices").check();
  await page.getByLabel("give devices keys and certificates, revoke devices").check();
  await button(page, "Add the role").click();
  await cell(page, "Key keeper").waitFor();

  await desk.goto(`/people/${keeper.personId}`);
  await page.getByText("Nothing but their own account.").waitFor();
  await button(page, "Give a role…").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Role").selectOption({ label: "Key keeper" });
  await dialog.getByPlaceholder("Search a site").fill("Nor");
  await page.getByRole("listbox").getByRole("option", { name: "North" }).click();
  await button(page, "Give the role").click();
  await cell(page, "Key keeper").waitFor();
  await page.getByText("At North").waitFor();

  const theirs = await sitDown(keeper);
  await theirs.page.goto(house.server.url);
  await cell(theirs.page, "north-plug").waitFor();
  expect(await theirs.page.getByText("south-plug").count()).toBe(0);
  expect(await navigation(theirs.page)).toEqual(["/devices", "/gateways", "/approvals"]);
  await theirs.goto(`/devices/${house.host.first.device}`);
  await button(theirs.page, "Revoke").waitFor();
  expect(await theirs.page.getByRole("tab", { name: "Settings" }).count()).toBe(0);

  expect(theirs.faults).toEqual([]);

  await button(page, /^Take back Key keeper/).click();
  await button(page, "Take it back").click();
  await page.getByText("Nothing but their own account.").waitFor();
  // The page that is open loses what it showed.
  await button(theirs.page, "Revoke").waitFor({ state: "detached" });
  await desk.goto("/roles");
  await cell(page, "Key keeper").click();
  await page.getByText("Nobody holds it.").waitFor();
  await button(page, "Delete…").click();
  await button(page, "Delete Key keeper").click();
  await cell(page, "Key keeper").waitFor({ state: "detached" });
  expect(desk.faults).toEqual([]);
  await Promise.all([desk.context.close(), theirs.context.close()]);
});

test("nobody puts into a role what they may not do, and a role that is held stays", async () => {
  const maker = await owner.get<access.RoleInfo>("POST", "/api/v1/roles", {
    name: "Role maker",
    permissions: ["role.read", "role.write", "device.read"],
  });
  const grants = [{ role: maker.ref, scope: { kind: "tenant" } }] as never;
  const limited = await house.person(house.host.tenantId, "guard", { everywhere: false, grants });
  const desk = await sitDown(limited);
  const { page } = desk;
  await desk.goto("/roles?role=new");
  expect(await page.getByLabel("send commands to devices").isDisabled()).toBe(true);
  expect(await page.getByLabel("see devices").isDisabled()).toBe(false);
  await desk.goto("/roles?role=new&like=operator");
  await page.getByText("This role allows things that you may not do yourself.", { exact: false }).waitFor();
  expect(await button(page, "Add the role").isDisabled()).toBe(true);
  await desk.goto(`/roles?role=${maker.ref}`);
  await page.getByRole("link", { name: limited.name, exact: false }).waitFor();
  expect(await button(page, "Delete…").isDisabled()).toBe(true);
  expect(desk.faults).toEqual([]);
  await desk.context.close();
});

test("a token is shown once, works for a program, and is refused from the moment it is revoked", async () => {
  const desk = await sitDown(owner);
  const { page } = desk;
  await desk.goto("/tokens");
  await button(page, "Make a token").click();
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("wall display");
  expect(await page.getByLabel("see people").isDisabled()).toBe(true);
  await page.getByLabel("see devices").check();
  await button(page, "Make the token").click();
  const secret = (await page.getByText(/^ghp_\w+$/).textContent()) ?? "";
  await page.getByText(`curl -H "Authorization: Bearer ${secret}" ${house.server.url}`).waitFor();
  expect((await devicesWith(secret)).status).toBe(200);
  await button(page, "I have copied it").click();
  await page.getByText(secret).first().waitFor({ state: "detached" });
  expect(await page.getByText(secret).count()).toBe(0);
  await button(page, "Revoke wall display").click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke wall display" }).click();
  await cell(page, "wall display").waitFor({ state: "detached" });
  expect((await devicesWith(secret)).status).toBe(401);
  await page.getByLabel("Show ended tokens").check();
  await page.getByRole("row", { name: /wall display.*Revoked/ }).waitFor();
  expect(desk.faults).toEqual([]);
  await desk.context.close();
});

test("an act that needs two waits, is approved in another browser, and answers whoever asked", async () => {
  const second = await house.person(house.host.tenantId, "owner");
  const asking = await sitDown(owner, [HELD_STATUS]);
  const deciding = await sitDown(second);
  const mine = asking.page;
  const theirs = deciding.page;
  /** As the first page says. */
  const waitingFor = async (asker: Asker) =>
    (await asker.get<operations.Overview>("GET", "/api/v1/overview")).needsYou.find(
      ({ kind }) => kind === "approval_waiting",
    )?.count ?? 0;
  const [theirsBefore, mineBefore] = [await waitingFor(second), await waitingFor(owner)];
  await deciding.goto("/account");
  await asking.goto("/approvals?tab=rules");
  await mine.getByLabel("Tokens of programs").check();
  await button(mine, "Save the rules").click();
  await mine.getByText("The rules are saved.").waitFor();

  await asking.goto("/tokens");
  await button(mine, "Make a token").click();
  await mine.getByRole("textbox", { name: "Name", exact: true }).fill("held token");
  await mine.getByLabel("see devices").check();
  await button(mine, "Make the token").click();
  await mine.getByText("A second person must approve this", { exact: true }).waitFor();
  await button(mine, "Open the request").click();
  await heading(mine, "You want to make a token for a program.");
  expect(await button(mine, "Approve…").count()).toBe(0);

  expect([await waitingFor(second), await waitingFor(owner)]).toEqual([theirsBefore + 1, mineBefore]);
  await theirs.getByRole("link", { name: /^Approvals.*waits?$/ }).click();
  await theirs.getByRole("searchbox").fill("owner");
  await theirs.waitForURL(/q=owner/);
  await theirs
    .getByRole("row", { name: /Make a token for a program/ })
    .first()
    .click();
  await heading(theirs, /wants to make a token for a program\.$/);
  await theirs.getByText("held token", { exact: true }).waitFor();
  await theirs.getByText("POST /api/v1/tokens").waitFor();
  await button(theirs, "Approve…").click();
  await theirs.getByLabel("Reason").fill("agreed on the phone");
  await button(theirs, "Approve and carry out").click();
  await theirs.getByText("Carried out", { exact: true }).waitFor();

  await mine.getByText("agreed on the phone").waitFor();
  await button(mine, "Show the answer").click();
  const secret = (await mine.getByText(/^ghp_\w+$/).textContent()) ?? "";
  expect((await devicesWith(secret)).status).toBe(200);
  await mine.reload();
  await heading(mine, "You wanted to make a token for a program.");
  expect(await button(mine, "Show the answer").count()).toBe(0);
  expect([...asking.faults, ...deciding.faults]).toEqual([]);

  await asking.goto("/approvals?tab=rules");
  await mine.getByLabel("Tokens of programs").uncheck();
  await button(mine, "Save the rules").click();
  await button(mine, "Open the request").click();
  await button(mine, "Take back…").click();
  await button(mine, "Take back").last().click();
  await mine.getByText("Withdrawn", { exact: true }).waitFor();
  await Promise.all([asking.context.close(), deciding.context.close()]);
});

test("the host founds an organisation and suspends it with a reason", async () => {
  const desk = await sitDown(owner);
  const { page } = desk;
  await desk.goto("/organisations");
  await button(page, "Add an organisation").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").first().fill("Harbour Homes");
  await dialog.getByLabel("Name").nth(1).fill("Hana Harbour");
  await dialog.getByLabel("E-mail").fill("hana@example.org");
  await button(page, "Add and invite").click();
  await cell(page, "Harbour Homes").click();
  await page.getByText("What it keeps apart").waitFor();
  await button(page, "Suspend…").click();
  await page.getByLabel("Reason").fill("moved elsewhere");
  await button(page, "Suspend Harbour Homes").click();
  await page.getByText("moved elsewhere").waitFor();
  await button(page, "End the suspension…").click();
  await button(page, "End the suspension").last().click();
  await button(page, "Suspend…").waitFor();
  expect(desk.faults).toEqual([]);
  await desk.context.close();
});

test("whoever may only look finds no page and no button that would be refused", async () => {
  const auditor = await sitDown(await house.person(house.host.tenantId, "auditor"));
  const acts: readonly (readonly [path: string, name: string])[] = [
    ["/roles", "Add a role"],
    ["/tokens", "Make a token"],
    ["/organisations", "Add an organisation"],
    ["/people", "Invite somebody"],
    [`/people/${owner.personId}`, "Give a role…"],
    ["/approvals?tab=rules", "Save the rules"],
    [`/devices/${house.host.first.device}/settings`, "Save changes"],
  ];
  for (const [path, name] of acts) {
    await auditor.goto(path);
    await auditor.page.locator("main [aria-busy=true]").first().waitFor({ state: "detached" });
    expect([path, await button(auditor.page, name).count()]).toEqual([path, 0]);
  }
  const guard = await sitDown(await house.person(house.host.tenantId, "guard"));
  await guard.goto("/");
  expect(await navigation(guard.page)).toEqual([
    "/",
    "/devices",
    "/telemetry",
    "/cameras",
    "/alerts",
    "/gateways",
  ]);
  expect([...auditor.faults, ...guard.faults]).toEqual([]);
  await Promise.all([auditor.context.close(), guard.context.close()]);
});
