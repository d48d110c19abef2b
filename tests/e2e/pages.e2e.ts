import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { accessibilityFaults, openBrowser, useSession, watchFaults } from "../lib/browser.ts";
import { type Gatehouse, startGatehouse } from "../lib/gatehouse.ts";

// Every page over the living demo site. Each is seen on a desktop and on a phone, light and dark, in both languages.

const DESKTOP = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
const LOOKS = [
  { viewport: DESKTOP, theme: "light", language: "en", half: 0 },
  { viewport: PHONE, theme: "dark", language: "fr", half: 0 },
  { viewport: DESKTOP, theme: "dark", language: "fr", half: 1 },
  { viewport: PHONE, theme: "light", language: "en", half: 1 },
] as const;

let server: Gatehouse;
let browser: Browser;
let paths: string[];
let deviceName: string;

beforeAll(async () => {
  [server, browser] = await Promise.all([startGatehouse(), openBrowser()]);
  await server.call("POST", "/api/v1/demo", {});
  const connected = async () => (await server.call<{ connected: number }>("GET", "/api/v1/demo")).connected;
  while ((await connected()) < 48) await new Promise((resolve) => setTimeout(resolve, 500));
  const list = (query: string) =>
    server.call<{ items: { id: string; name: string }[] }>("GET", `/api/v1/devices?${query}`);
  const plug = (await list("type=plug&limit=1")).items[0];
  const board = await boardId();
  deviceName = plug?.name ?? "";
  const tabs = ["now", "history", "commands", "credentials", "log", "settings"];
  const sections = ["site", "network", "notifications", "integrations", "storage", "demo", "about"];
  paths = [
    "/",
    "/devices",
    ...tabs.map((tab) => `/devices/${plug?.id}/${tab}`),
    "/devices/add",
    "/telemetry",
    `/telemetry/boards/${board}`,
    "/alerts",
    "/alerts/rules",
    "/outbox",
    "/people",
    ...sections.map((section) => `/settings/${section}`),
    "/nowhere",
  ];
});
afterAll(async () => {
  await browser?.close();
  await server?.end();
});

async function boardId(): Promise<string | undefined> {
  const { items } = await server.call<{ items: { id: string }[] }>("GET", "/api/v1/boards");
  if (items[0] !== undefined) return items[0].id;
  const series = await server.call<{ items: { ref: string }[] }>("GET", "/api/v1/telemetry/series?limit=4");
  const charts = series.items.map(({ ref }) => ({ title: "", series: [ref] }));
  const board = { name: "Climate", charts, rangeMs: 3_600_000 };
  return (await server.call<{ id: string }>("POST", "/api/v1/boards", board)).id;
}

async function openPage(look: { viewport: typeof DESKTOP; theme: string; language: string }) {
  const { viewport, theme, language } = look;
  const saved = await fetch(`${server.url}/api/v1/auth/me`, {
    method: "PATCH",
    headers: { cookie: server.cookie, "content-type": "application/json" },
    body: JSON.stringify({ theme, language }),
  });
  expect(saved.status).toBe(200);
  const context = await browser.newContext({ viewport, reducedMotion: "reduce" });
  const faults = await watchFaults(context);
  await useSession(context, server.url, server.cookie);
  return { page: await context.newPage(), faults, close: () => context.close() };
}

/** Until the page has a heading and nothing on it is still being read. */
async function settle(page: Page): Promise<void> {
  await page.locator("h1").first().waitFor({ state: "attached" });
  await page.locator("main [aria-busy=true]").first().waitFor({ state: "detached" });
}

const scrollsSideways = (page: Page): Promise<boolean> =>
  page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth");

for (const look of LOOKS) {
  const { viewport, theme, language, half } = look;
  const device = viewport === PHONE ? "phone" : "desktop";
  test(`on a ${device}, ${theme}, ${language}, pages are accessible, quiet and within their width`, async () => {
    const { page, faults, close } = await openPage(look);
    const found: string[] = [];
    for (const path of paths.filter((_, index) => index % 2 === half)) {
      await page.goto(server.url + path);
      await settle(page);
      expect([path, await page.locator("html").getAttribute("lang")]).toEqual([path, language]);
      expect([path, await page.locator("h1").count()]).toEqual([path, 1]);
      for (const fault of await accessibilityFaults(page)) found.push(`${path}: ${fault}`);
      if (viewport === PHONE && (await scrollsSideways(page))) found.push(`${path}: scrolls sideways`);
    }
    expect([...found, ...faults]).toEqual([]);
    await close();
  });
}

test("the keyboard finds a device, changes pages and opens the help", async () => {
  const { page, faults, close } = await openPage({ viewport: DESKTOP, theme: "light", language: "en" });
  await page.goto(server.url);
  await settle(page);
  await page.keyboard.press("g");
  await page.keyboard.press("d");
  await page.waitForURL("**/devices");
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.keyboard.press("Control+k");
  const palette = page.getByPlaceholder("Find a device or a page…");
  await palette.last().fill(deviceName);
  // Faster than the server: Enter waits for the answer and takes the first result.
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: deviceName }).waitFor();
  expect(faults).toEqual([]);
  await close();
});

test("opened by another name of this computer, the console goes to its own address and the session is there", async () => {
  const { page, faults, close } = await openPage({ viewport: DESKTOP, theme: "light", language: "en" });
  await page.goto(`${server.url.replace("localhost", "127.0.0.1")}/devices`);
  await settle(page);
  expect(page.url()).toBe(`${server.url}/devices`);
  await page.getByText(deviceName, { exact: true }).first().waitFor();
  expect(faults).toEqual([]);
  await close();
});
