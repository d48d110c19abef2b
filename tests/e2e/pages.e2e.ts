import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fetchAgain } from "../lib/ask-again.ts";
import { accessibilityFaults, openBrowser, sticksOut, useSession, watchFaults } from "../lib/browser.ts";
import { addCameras } from "../lib/fake-cameras.ts";
import { type Gatehouse, OWNER_PASSWORD, startGatehouse } from "../lib/gatehouse.ts";
import { openSession } from "../lib/session.ts";
import { until } from "../lib/until.ts";

// Every page over the living demo site. Each is seen on a desktop and on a phone, light and dark, in both languages.

const DESKTOP = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
const CLAIM = "7QF4-M2KD-91XV-0A8B-CDEF-GHJK-MNPQ";
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
let deviceId: string;
let machineId: string;
let gatewayId: string;
let caseId: string;

beforeAll(async () => {
  [server, browser] = await Promise.all([startGatehouse(), openBrowser()]);
  await server.call("POST", "/api/v1/demo", {});
  const connected = async () => (await server.call<{ connected: number }>("GET", "/api/v1/demo")).connected;
  while ((await connected()) < 54) await new Promise((resolve) => setTimeout(resolve, 500));
  const list = (query: string) =>
    server.call<{ items: { id: string; name: string }[] }>("GET", `/api/v1/devices?${query}`);
  const plug = (await list("type=plug&limit=1")).items[0];
  const board = await boardId();
  machineId = await addMachine();
  gatewayId = await addGateway();
  const event = await firstEvent();
  caseId = await openCase(event);
  deviceName = plug?.name ?? "";
  deviceId = plug?.id ?? "";
  const tabs = ["now", "history", "commands", "credentials", "security", "trust", "log", "settings"];
  const sections = [
    "site",
    "network",
    "channel",
    "notifications",
    "integrations",
    "storage",
    "recovery",
    "demo",
    "about",
  ];
  const owner = (await server.call<{ items: { id: string }[] }>("GET", "/api/v1/people")).items[0]?.id;
  const log = await server.call<{ items: { id: string }[] }>("GET", "/api/v1/ledger/entries?limit=1");
  const entry = log.items[0]?.id;
  const cameras = await server.call<{ items: { id: string }[] }>("GET", "/api/v1/cameras?limit=1");
  const camera = cameras.items[0]?.id;
  paths = [
    "/",
    "/devices",
    ...tabs.map((tab) => `/devices/${plug?.id}/${tab}`),
    `/devices/${machineId}/configuration`,
    "/devices/add",
    "/telemetry",
    `/telemetry/boards/${board}`,
    "/cameras/live",
    `/cameras/${camera}`,
    "/cameras/playback",
    `/cameras/${camera}/settings`,
    "/cameras/clips",
    "/cameras/cases",
    `/clips/${event}`,
    `/cameras/cases/${caseId}`,
    "/cameras/storage",
    "/cameras/activity",
    "/cameras/summary",
    "/cameras/detectors",
    "/cameras/links",
    "/cameras/exports",
    "/alerts",
    "/alerts/rules",
    "/gateways",
    `/devices/${gatewayId}/now`,
    "/lab",
    "/outbox",
    "/people",
    `/people/${owner}`,
    "/approvals",
    "/approvals?tab=rules",
    `/approvals/${await askForApproval(machineId)}`,
    "/roles",
    "/roles?role=guard",
    "/tokens",
    "/organisations",
    "/audit",
    "/audit/witnesses",
    `/audit/${entry}`,
    "/account",
    "/my",
    "/my/me",
    ...sections.map((section) => `/settings/${section}`),
    `/claim#${CLAIM}`,
    "/nowhere",
    "/gateways",
  ];
}, 400_000);
afterAll(async () => {
  await browser?.close();
  await server?.end();
});

/** A site gateway that speaks for two of three meters, and a round of readings that one of them will not answer. */
async function addGateway(): Promise<string> {
  const sites = await server.call<{ items: { id: string }[] }>("GET", "/api/v1/sites");
  const add = async (name: string, typeId: string) => {
    const body = { name, typeId, siteId: sites.items[0]?.id };
    return (await server.call<{ device: { id: string } }>("POST", "/api/v1/devices", body)).device.id;
  };
  const gateway = await add("cellar-gateway", "site-gateway");
  const meters = [await add("meter-1", "meter"), await add("meter-2", "meter")];
  await add("meter-3", "meter");
  await server.call("POST", "/api/v1/gateways/assign", { deviceIds: meters, gatewayId: gateway });
  const round = { all: true, deadlineSeconds: 3_600 };
  await server.call("POST", "/api/v1/meter-reads", round);
  return gateway;
}

/** Something that moved before a camera of its own: the people of the demo site may be away for minutes. */
async function firstEvent(): Promise<string> {
  const [camera] = await addCameras(server, browser, 1, 10);
  camera?.start();
  const path = `/api/v1/camera-events?camera=${camera?.deviceId}&limit=1`;
  const event = await until(
    "an event",
    async () => (await server.call<{ items: { id: string }[] }>("GET", path)).items[0],
  );
  camera?.stop();
  return event.id;
}

/** A case with the clip, a span that somebody chose, a person and a note. */
async function openCase(eventId: string): Promise<string> {
  const event = await server.call<{ cameraId: string; startMs: number }>(
    "GET",
    `/api/v1/camera-events/${eventId}`,
  );
  const { cameraId, startMs } = event;
  const items = [
    { kind: "event", eventId },
    { kind: "span", cameraId, fromMs: startMs - 2_000, toMs: startMs },
    { kind: "outsider", name: "The neighbour" },
    { kind: "note", text: "Came over the wall." },
  ];
  const body = { title: "The man at the gate", items };
  return (await server.call<{ id: string }>("POST", "/api/v1/cases", body)).id;
}

/** A machine with two versions of settings that it has not taken yet. */
async function addMachine(): Promise<string> {
  const sites = await server.call<{ items: { id: string }[] }>("GET", "/api/v1/sites");
  const body = { name: "cellar-pi", typeId: "linux-agent", siteId: sites.items[0]?.id };
  const { device } = await server.call<{ device: { id: string } }>("POST", "/api/v1/devices", body);
  for (const after of [0, 1])
    await server.call("PUT", `/api/v1/devices/${device.id}/remote-settings`, {
      settings: { intervalSeconds: 10 + after, sensors: { enabled: { network: after === 0 } } },
      after,
    });
  return device.id;
}

/** A request that waits for a second person: to delete this device. */
async function askForApproval(deviceId: string): Promise<string> {
  await server.call("PUT", "/api/v1/approval-policy", { acts: ["device_removal"], delayHours: 24 });
  const held = await fetchAgain(`${server.url}/api/v1/devices/${deviceId}`, {
    method: "DELETE",
    headers: { cookie: server.cookie },
  });
  expect(held.status).toBe(403);
  return ((await held.json()) as { approvalId: string }).approvalId;
}

async function boardId(): Promise<string | undefined> {
  const { items } = await server.call<{ items: { id: string }[] }>("GET", "/api/v1/boards");
  if (items[0] !== undefined) return items[0].id;
  const series = await server.call<{ items: { ref: string }[] }>("GET", "/api/v1/telemetry/series?limit=4");
  const charts = series.items.map(({ ref }) => ({ title: "", series: [ref] }));
  const board = { name: "Climate", charts, rangeMs: 3_600_000 };
  return (await server.call<{ id: string }>("POST", "/api/v1/boards", board)).id;
}

/** In a session of its own: the file takes longer than the cookies of one are good for, which only a browser renews. */
async function openPage(look: {
  viewport: typeof DESKTOP;
  theme: string;
  language: string;
  timezoneId?: string;
}) {
  const { viewport, theme, language, timezoneId } = look;
  const cookie = await openSession(server.url, "owner@example.org", OWNER_PASSWORD);
  const saved = await fetchAgain(`${server.url}/api/v1/auth/me`, {
    method: "PATCH",
    headers: { cookie, "content-type": "application/json" },
    body: JSON.stringify({ theme, language }),
  });
  expect(saved.status).toBe(200);
  const zone = timezoneId === undefined ? {} : { timezoneId };
  const context = await browser.newContext({ viewport, reducedMotion: "reduce", ...zone });
  const faults = await watchFaults(context);
  await useSession(context, server.url, cookie);
  return { page: await context.newPage(), faults, close: () => context.close() };
}

/** Until the page has a heading and nothing on it is still being read. */
async function settle(page: Page): Promise<void> {
  await page.locator("h1").first().waitFor({ state: "attached" });
  await page.locator("main [aria-busy=true]").first().waitFor({ state: "detached" });
}

for (const look of LOOKS) {
  const { viewport, theme, language, half } = look;
  const device = viewport === PHONE ? "phone" : "desktop";
  test(`on a ${device}, ${theme}, ${language}, pages are accessible, quiet and within their width`, async () => {
    const { page, faults, close } = await openPage(look);
    const found: string[] = [];
    for (const path of paths.filter((_, index) => index % 2 === half)) {
      await page.goto(server.url + path);
      await settle(page);
      await expect
        .poll(async () => [path, await page.locator("html").getAttribute("lang")])
        .toEqual([path, language]);
      expect([path, await page.locator("h1").count()]).toEqual([path, 1]);
      for (const fault of await accessibilityFaults(page)) found.push(`${path}: ${fault}`);
      const out = viewport === PHONE ? await sticksOut(page) : [];
      if (out.length > 0) found.push(`${path}: scrolls sideways, ${out.join(", ")}`);
    }
    expect([...found, ...faults]).toEqual([]);
    await close();
  }, 400_000);
}

test("the keyboard finds a device, changes pages and opens the help", async () => {
  const { page, faults, close } = await openPage({ viewport: DESKTOP, theme: "light", language: "en" });
  await page.goto(server.url);
  await settle(page);
  // One sequence: they have to come within a second and a half.
  await Promise.all([page.keyboard.press("g"), page.keyboard.press("d")]);
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
  await page.keyboard.press("Control+k");
  await page.getByRole("listbox").getByRole("option").first().waitFor();
  expect([...(await accessibilityFaults(page)), ...faults]).toEqual([]);
  await close();
});

test("opened by another name of this computer, the console goes to its own address and the session is there", async () => {
  const { page, faults, close } = await openPage({ viewport: DESKTOP, theme: "light", language: "en" });
  await page.goto(`${server.url.replace("localhost", "127.0.0.1")}/devices`);
  await page.waitForURL(`${server.url}/devices`);
  await settle(page);
  await page.getByText(deviceName, { exact: true }).first().waitFor();
  expect(faults).toEqual([]);
  await close();
});

test("whoever scans a claim code reads what it is, and the code is sent nowhere", async () => {
  const context = await browser.newContext({ viewport: PHONE, locale: "en-GB" });
  const faults = await watchFaults(context, [401]);
  const page = await context.newPage();
  const sent: string[] = [];
  page.on("request", (request) => {
    const text = `${request.url()} ${JSON.stringify(request.headers())} ${request.postData() ?? ""}`;
    // The page's own address, as the browser keeps it, has the fragment; what goes out has not.
    if (!request.isNavigationRequest() && text.includes(CLAIM)) sent.push(text);
  });
  await page.goto(`${server.url}/claim#${CLAIM}`);
  await page.getByText(CLAIM, { exact: true }).waitFor();
  await page.getByText("This browser has not sent it to anybody.").waitFor();
  await page.getByRole("link", { name: "Log in" }).click();
  await page.getByRole("heading", { level: 1, name: "Log in" }).waitFor();
  expect(page.url()).toBe(`${server.url}/login?next=%2Fdevices`);
  expect([...sent, ...faults]).toEqual([]);
  await context.close();
});

test("a range of history is in the site's time zone, wherever the browser is", async () => {
  const look = { viewport: DESKTOP, theme: "light", language: "en", timezoneId: "Asia/Tokyo" };
  const { page, faults, close } = await openPage(look);
  await page.goto(`${server.url}/devices/${deviceId}/history`);
  await settle(page);
  await page.getByText("Custom", { exact: true }).click();
  await page.getByText("Times of America/Toronto").waitFor();
  const shown = await page.getByLabel("To", { exact: true }).inputValue();
  const clock = { timeZone: "America/Toronto", dateStyle: "short", timeStyle: "short" } as const;
  const inToronto = new Intl.DateTimeFormat("sv-SE", clock).format().replace(" ", "T");
  const minutesApart = Math.abs(Date.parse(`${inToronto}Z`) - Date.parse(`${shown}Z`)) / 60_000;
  expect(minutesApart).toBeLessThan(30);
  await page.getByRole("button", { name: "Show this range" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  expect(faults).toEqual([]);
  await close();
});

test("settings of a machine are edited, seen as a difference, saved and set again", async () => {
  const { page, faults, close } = await openPage({ viewport: DESKTOP, theme: "light", language: "en" });
  await page.goto(`${server.url}/devices/${machineId}/configuration`);
  await settle(page);
  await page.getByLabel("Measure every").fill("45");
  await page.getByRole("switch", { name: "Load" }).uncheck({ force: true });
  await page.getByRole("button", { name: "Review changes" }).click();
  const review = page.getByRole("dialog", { name: "Change settings of cellar-pi?" });
  await review.getByRole("row", { name: "intervalSeconds 11 45" }).waitFor();
  await review.getByRole("row", { name: "sensors.enabled.load own file false" }).waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  await review.getByRole("button", { name: "Save as version 3" }).click();
  await page.getByText("Settings saved as version 3.").waitFor();
  await page.getByText("JSON", { exact: true }).click();
  const document = page.getByLabel("Settings as JSON");
  await document.fill('{"intervalSeconds": 0, "commands": {}}');
  await page.getByRole("button", { name: "Review changes" }).click();
  await page.getByText("commands is not known to this type of device").waitFor();
  await page.getByText("intervalSeconds must be at least 1").waitFor();
  await document.fill("{");
  await page.getByText("This is not a JSON object").waitFor();
  expect(await page.getByRole("button", { name: "Review changes" }).isDisabled()).toBe(true);
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.getByRole("button", { name: "Discard changes" }).click();
  await page.getByRole("button", { name: "Set again version 1" }).click();
  await page.getByRole("button", { name: "Set version 1 again" }).click();
  await page.getByText("as version 1", { exact: true }).waitFor();
  expect(faults).toEqual([]);
  await close();
});

test("on a phone tabs stay on one line and every row's acts can be reached", async () => {
  const { page, faults, close } = await openPage({ viewport: PHONE, theme: "light", language: "en" });
  await page.goto(`${server.url}/devices/${deviceId}/settings`);
  await settle(page);
  const tabs = page.getByRole("tab");
  const boxes = await Promise.all((await tabs.all()).map((tab) => tab.boundingBox()));
  expect(new Set(boxes.map((box) => box?.y)).size).toBe(1);
  const last = boxes.at(-1);
  expect((last?.x ?? 0) + (last?.width ?? 0)).toBeLessThanOrEqual(PHONE.width);
  await page.goto(`${server.url}/alerts/rules`);
  await settle(page);
  await page.getByRole("button", { name: "Actions of A plug went silent" }).click();
  await page.getByRole("menuitem", { name: "Duplicate" }).click();
  const copy = page.getByRole("dialog", { name: "New rule" });
  await copy.waitFor();
  expect(await copy.getByLabel("Name", { exact: true }).inputValue()).toBe("A plug went silent (copy)");
  expect([...(await accessibilityFaults(page)), ...faults]).toEqual([]);
  await close();
});

test("devices are assigned to a gateway, and all meters are asked, from one page", async () => {
  const { page, faults, close } = await openPage({ viewport: DESKTOP, theme: "light", language: "en" });
  await page.goto(`${server.url}/gateways`);
  await settle(page);
  await page.getByRole("heading", { level: 1, name: "No site gateway is connected, 1 is away." }).waitFor();
  await page.getByRole("button", { name: "Assign devices to cellar-gateway" }).click();
  const drawer = page.getByRole("dialog", { name: "Assign devices to cellar-gateway" });
  await drawer.getByLabel("Search devices").fill("meter-3");
  await drawer.getByRole("checkbox", { name: "meter-3", exact: true }).check();
  await drawer.getByRole("button", { name: "Assign 1 device" }).click();
  await page.getByText("1 device changed its gateway.").waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await page.getByText("0 of 3 heard").waitFor();

  await page.getByText("0 of 3 meters have a verdict").waitFor();
  await page.getByRole("button", { name: "Cancel the round" }).click();
  await page.getByText("3 of 3 meters have a verdict").waitFor();
  await page.getByRole("button", { name: "Read all meters now" }).click();
  await page.getByText("0 of 3 meters have a verdict").waitFor();
  await page.getByRole("table", { name: "Who did not answer" }).getByText("cellar-gateway").first().waitFor();
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save as CSV" }).click();
  expect((await saved).suggestedFilename()).toBe("meter-read.csv");
  expect(faults).toEqual([]);
  await close();
});
