import { randomUUID } from "node:crypto";
import type { cameras, Role } from "@gatehouse/contract";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { hashPassword } from "../../apps/server/src/platform/secrets/index.ts";
import { openDatabase } from "../../bench/lib/stored.ts";
import { accessibilityFaults, openBrowser, useSession, watchFaults } from "../lib/browser.ts";
import { addCameras, type FakeCamera } from "../lib/fake-cameras.ts";
import { flipBit } from "../lib/flip-bit.ts";
import { type Gatehouse, OWNER_PASSWORD, startGatehouse } from "../lib/gatehouse.ts";
import { openSession } from "../lib/session.ts";

// A camera sees something move; a browser opens the clip, proves it, decides about it, and names what somebody changed.

const DESKTOP = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
const PATIENT = { timeout: 60_000, interval: 250 };
const RECORDED_MS = 15_000;

let server: Gatehouse;
let browser: Browser;
let context: BrowserContext;
let faults: string[];
let camera: FakeCamera;
let event: cameras.CameraEvent;
let segment: cameras.Segment;

beforeAll(async () => {
  [server, browser] = await Promise.all([startGatehouse(), openBrowser()]);
  context = await browser.newContext({ locale: "en-GB", reducedMotion: "reduce" });
  faults = await watchFaults(context);
  await useSession(context, server.url, server.cookie);
  [camera] = (await addCameras(server, browser, 1, 10)) as [FakeCamera];
  camera.start();
  await new Promise((resolve) => setTimeout(resolve, RECORDED_MS));
  camera.stop();
  [event, segment] = await vi.waitFor(async () => {
    const [over] = (await server.call<{ items: cameras.CameraEvent[] }>("GET", "/api/v1/camera-events"))
      .items;
    const span = `fromMs=${Date.now() - 3_600_000}&toMs=${Date.now() + 60_000}`;
    const path = `/api/v1/cameras/${camera.deviceId}/segments?${span}`;
    const { items } = await server.call<{ items: cameras.Segment[] }>("GET", path);
    const sealed = items.find(({ state, entry }) => state === "sealed" && entry !== undefined);
    if (over?.endMs === undefined || sealed === undefined) throw new Error("not over yet");
    return [over, sealed];
  }, PATIENT);
});
afterEach(async () => {
  await Promise.all(context.pages().map((page) => page.close()));
  faults.splice(0);
});
afterAll(async () => {
  camera?.stop();
  await browser?.close();
  await server?.end();
});

async function open(
  { viewport = DESKTOP, dark = false }: { viewport?: typeof DESKTOP; dark?: boolean } = {},
  within = context,
): Promise<Page> {
  const page = await within.newPage();
  await page.setViewportSize(viewport);
  await page.emulateMedia({ colorScheme: dark ? "dark" : "light" });
  await page.goto(`${server.url}/clips/${event.id}`);
  return page;
}

const checked = (page: Page) => page.getByText("5 of 5 checks passed, on your machine.").first().waitFor();
const faultsOf = async (page: Page) => [...(await accessibilityFaults(page)), ...faults];
const verdictOf = async () =>
  (await server.call<cameras.CameraEvent>("GET", `/api/v1/camera-events/${event.id}`)).verdict;

test("the clip is opened and checked in the browser, plays, and shows the proof of each check", async () => {
  const page = await open();
  await page
    .getByRole("heading", { level: 1, name: /^Motion at .* The clip is genuine and complete\.$/ })
    .waitFor();
  await checked(page);
  expect(await page.getByRole("img", { name: "Passed" }).count()).toBe(5);
  const time = page.locator("figure time");
  const shown = async () => Date.parse((await time.getAttribute("datetime")) ?? "");
  expect(Math.abs((await shown()) - event.bestMs)).toBeLessThan(2_000);
  // What shows it best may be the last picture: playing is tried from the first one.
  const lane = page.getByRole("slider", { name: "Place in the clip" });
  await lane.press("Home");
  await lane.blur();
  const before = await shown();
  await page.keyboard.press("ArrowRight");
  await vi.waitFor(async () => expect(await shown()).toBeGreaterThan(before), PATIENT);
  await page.keyboard.press("l");
  await page.getByRole("button", { name: "Pause", exact: true }).waitFor();
  await vi.waitFor(async () => expect(await shown()).toBeGreaterThan(before + 700), PATIENT);
  await page.keyboard.press("k");
  await page.getByRole("button", { name: "Play", exact: true }).waitFor();
  await page.locator("figure canvas").waitFor({ state: "visible" });
  expect(await faultsOf(page)).toEqual([]);

  await page.keyboard.press("p");
  const proof = page.getByRole("dialog", { name: "Proof" });
  await proof.getByText("Opened in this browser").waitFor();
  await proof.getByText("Log", { exact: true }).click();
  await proof.getByText("Recorded in the audit log").waitFor();
  await proof.getByText("RFC 6962, C2SP tlog-checkpoint").waitFor();
  expect(await faultsOf(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await page.getByText("opened and checked it").first().waitFor();
});

test("a verdict is one key, can be taken back, and every one of them is kept", async () => {
  const page = await open();
  await checked(page);
  await page.keyboard.press("v");
  await page.keyboard.type("a man with a torch");
  await page.getByRole("textbox", { name: "Note" }).blur();
  await page.keyboard.press("2");
  // The note stays while the pointer is on it.
  await page.getByText("Decided: intrusion.").hover();
  await vi.waitFor(async () => {
    expect(await verdictOf()).toMatchObject({ verdict: "intrusion", note: "a man with a torch" });
  }, PATIENT);
  await page.getByRole("button", { name: "Undo" }).click();
  await vi.waitFor(async () => expect((await verdictOf())?.verdict).toBe("undecided"), PATIENT);
  await page.getByRole("button", { name: /^Not intrusion/ }).click();
  await page.getByText("Decided: not an intrusion.").waitFor();
  await page.getByText("2 earlier verdicts").click();
  await page.getByText("a man with a torch").waitFor();
  await page.getByText("decided: Not intrusion").waitFor();
  const recorded = async () => {
    const path = `/api/v1/ledger/entries?kind=clip.verdict&subject=${event.id}`;
    const { items } = await server.call<{ items: { act: { kind: string; data: object } }[] }>("GET", path);
    return items.map(({ act }) => act.data);
  };
  await expect
    .poll(recorded)
    .toMatchObject([
      { verdict: "not_intrusion", before: "undecided" },
      { verdict: "undecided", before: "intrusion" },
      { verdict: "intrusion" },
    ]);
  expect(await faultsOf(page)).toEqual([]);
});

test("the clip is put into a new case, and says that it is in it", async () => {
  const page = await open();
  await checked(page);
  await page.getByRole("button", { name: "Add to case" }).click();
  await page.getByRole("textbox", { name: "Find a case, or name a new one" }).fill("The man with the torch");
  await page.getByText("No open case").waitFor();
  expect(await faultsOf(page)).toEqual([]);
  await page.getByRole("button", { name: "New case: The man with the torch" }).click();
  await page.getByText("It is in CASE-0001.").waitFor();
  await page.getByRole("list", { name: "Linked" }).getByText("The man with the torch").waitFor();
});

test("on a phone the two answers are in reach of a thumb, in both themes without a fault", async () => {
  for (const dark of [false, true]) {
    const page = await open({ viewport: PHONE, dark });
    await checked(page);
    const answer = page.getByRole("button", { name: "Intrusion", exact: true });
    const box = await answer.boundingBox();
    expect(box?.height).toBeGreaterThanOrEqual(44);
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThan(PHONE.height);
    expect(box?.y).toBeGreaterThan(PHONE.height / 2);
    await page.locator("figure canvas").waitFor({ state: "visible" });
    await page.getByRole("button", { name: "Genuine and complete" }).click();
    await page
      .getByRole("dialog", { name: "Checks" })
      .getByText("Signed when it was sealed", { exact: true })
      .waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await page.close();
  }
});

/** Somebody of the owner's organisation with this role, logged in. */
async function logInAs(role: Role): Promise<BrowserContext> {
  const database = await openDatabase(server.dataDir);
  const [id, email] = [randomUUID(), `${role}@example.org`];
  await database.query(
    `insert into people (id, tenant_id, name, email, email_key, password_hash, role, language, state, created_at)
     select $1, id, $2, $3, $3, $4, 'auditor', 'en', 'active', now() from tenants`,
    [id, `The ${role}`, email, await hashPassword(OWNER_PASSWORD)],
  );
  await database.end();
  const cookie = await openSession(server.url, email, OWNER_PASSWORD);
  // A customer's log-in has more steps, and what is tried here comes after it.
  await server.call("PUT", `/api/v1/people/${id}/role`, { role, everywhere: role !== "customer" });
  const own = await browser.newContext({ locale: "en-GB", reducedMotion: "reduce" });
  await useSession(own, server.url, cookie);
  return own;
}

test("a guard sees the clip and decides, and takes nothing out; a customer sees nothing of it", async () => {
  const guard = await logInAs("guard");
  const page = await open({}, guard);
  await checked(page);
  expect(await page.getByRole("button", { name: "Export with proof" }).count()).toBe(0);
  // Who else decided is not the guard's to know beyond the verdict itself.
  await page.getByText("A person").first().waitFor();
  await page.keyboard.press("1");
  await vi.waitFor(async () => expect((await verdictOf())?.byName).toBe("The guard"), PATIENT);
  await guard.close();

  const customer = await logInAs("customer");
  const path = `${server.url}/api/v1/camera-events/${event.id}`;
  const headers = { origin: server.url };
  for (const part of ["", "/evidence", "/custody", "/linked", "/verdicts"])
    expect([part, (await customer.request.get(path + part)).status()]).toEqual([part, 403]);
  const data = { verdict: "intrusion", note: "" };
  expect((await customer.request.put(`${path}/verdict`, { data, headers })).status()).toBe(403);
  const portal = await open({}, customer);
  await portal.waitForURL((url) => !url.pathname.startsWith("/clips"));
  await customer.close();
  await vi.waitFor(async () => expect((await verdictOf())?.verdict).toBe("not_intrusion"), PATIENT);
});

test("what somebody changed on the disk is named and not shown", async () => {
  flipBit(server.dataDir, segment, 2);
  const page = await open();
  await page
    .getByRole("heading", { level: 1, name: /The clip was changed after it was sealed\.$/ })
    .waitFor();
  await page.getByText("A part of a file was altered: it does not open as it was sealed.").first().waitFor();
  await page.getByText("This part is not what was sealed, so it is not shown.").waitFor();
  expect(await page.locator("figure canvas").isVisible()).toBe(false);
  await page.getByText(/Do not rely on 00:\d\d–00:\d\d\./).waitFor();
  await page.getByRole("heading", { name: "What to do" }).waitFor();
  expect(await faultsOf(page)).toEqual([]);
  // Put back as it was it is genuine again: nothing is remembered that is not computed.
  flipBit(server.dataDir, segment, 2);
  await page.getByRole("button", { name: "Check again" }).click();
  await checked(page);
});

test("a manifest that somebody rewrote in the database is found out", async () => {
  const database = await openDatabase(server.dataDir);
  const { rowCount } = await database.query(
    `update recording_segments set manifest = replace(manifest, '"frames":', '"frames":1') where id = $1`,
    [segment.id],
  );
  await database.end();
  expect(rowCount).toBe(1);
  const page = await open();
  await page
    .getByRole("heading", { level: 1, name: /The clip was changed after it was sealed\.$/ })
    .waitFor();
  expect(await page.getByRole("img", { name: "Failed" }).count()).toBeGreaterThan(0);
  expect(await page.locator("figure canvas").isVisible()).toBe(false);
});
