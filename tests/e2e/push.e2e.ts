import { setTimeout as sleep } from "node:timers/promises";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pushService } from "../../apps/server/src/features/notifications/testing/push-service.ts";
import { fetchAgain } from "../lib/ask-again.ts";
import { accessibilityFaults, openBrowser } from "../lib/browser.ts";
import { type Gatehouse, startGatehouse } from "../lib/gatehouse.ts";
import { button, heading, logIn, OWNER, PHONE, visit } from "../lib/visitor.ts";

// A person is told by push: from a reading through rule, alert, outbox and push service to a notification in a browser.
// The browser's own push service cannot be reached in a test, so that subscribing is stubbed there; the service worker
// gets what the server sent through the browser's developer protocol.

let server: Gatehouse;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([startGatehouse(), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.end();
});

/** In place of the browser's own: what it would answer for this subscription. */
const stub = (subscription: { endpoint: string; p256dh: string; auth: string }): string => `
  const subscription = ${JSON.stringify(subscription)};
  const key = "test push subscription";
  const made = () => ({
    endpoint: subscription.endpoint,
    options: { applicationServerKey: null },
    unsubscribe: async () => { localStorage.removeItem(key); return true; },
    toJSON: () => ({ endpoint: subscription.endpoint, keys: { p256dh: subscription.p256dh, auth: subscription.auth } }),
  });
  PushManager.prototype.getSubscription = async () => (localStorage.getItem(key) === null ? null : made());
  PushManager.prototype.subscribe = async () => { localStorage.setItem(key, "yes"); return made(); };
`;

test("an alert is pushed to the browser in which a person asked for it, and opens there", async () => {
  await using service = await pushService();
  const { context, page, faults } = await visit(browser, { viewport: PHONE });
  await context.grantPermissions(["notifications"], { origin: server.url });
  await context.addInitScript({ content: stub(service.subscribe()) });
  const channel = await server.call<{ id: string }>("POST", "/api/v1/channels", {
    name: "Phones",
    enabled: true,
    minSeverity: "info",
    allowPrivate: true,
    dailyCap: 100,
    settings: { kind: "web_push", personIds: [] },
  });
  const [device] = await server.createDevices(1, "thermometer");
  await server.call("POST", "/api/v1/rules", {
    name: "Too warm",
    enabled: true,
    severity: "critical",
    scope: { deviceIds: [device?.deviceId] },
    condition: { kind: "threshold", metric: "temperature", op: "above", limit: 30 },
    holdMs: 0,
    channelIds: [channel.id],
    repeatMs: 0,
  });

  await logIn(page, server.url, OWNER);
  await page.getByRole("button", { name: /Account of Bench Owner/ }).waitFor();
  await page.goto(`${server.url}/settings/notifications`);
  await page.getByText("Phones", { exact: true }).click();
  const isPrivate = page.getByRole("switch", { name: "Push services on a private network" });
  expect(await isPrivate.isChecked()).toBe(true);
  await page.goto(`${server.url}/account`);
  await button(page, "Switch on here").click();
  await button(page, "Switch off here").waitFor();
  await page.getByRole("button", { name: /^Send a test to / }).click();
  await page.getByText("The test was accepted.").waitFor();
  expect(service.messages.at(-1)?.payload.title).toBe("Test message");
  expect(await accessibilityFaults(page)).toEqual([]);

  await fetchAgain(`${server.url}/api/v1/ingest`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${device?.password}` },
    body: JSON.stringify({ temperature: 41 }),
  });
  await expect.poll(() => service.messages.length).toBe(2);
  expect(service.refused).toEqual([]);
  const payload = service.messages.at(-1)?.payload;
  expect(payload).toMatchObject({
    title: expect.stringMatching(/^Too warm: /),
    url: expect.stringMatching(/^\/alerts\//),
  });

  const protocol = await context.newCDPSession(page);
  const registered = new Promise<string>((resolve) => {
    protocol.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
      const own = registrations.find(({ scopeURL }) => scopeURL === `${server.url}/`);
      if (own !== undefined) resolve(own.registrationId);
    });
  });
  await protocol.send("ServiceWorker.enable");
  const registrationId = await registered;
  const data = JSON.stringify(payload);
  await protocol.send("ServiceWorker.deliverPushMessage", { origin: server.url, registrationId, data });
  const shown = () =>
    page.evaluate(`navigator.serviceWorker.ready
      .then((registration) => registration.getNotifications())
      .then((all) => all.map(({ title, tag, actions }) => ({ title, tag, actions: actions.map(({ action }) => action) })))`);
  await expect.poll(shown).toEqual([
    {
      title: expect.stringMatching(/^Too warm: /),
      tag: payload?.alertId,
      actions: ["acknowledge", "open"],
    },
  ]);

  // What the system would tell the worker when somebody touches the notification, or a button on it.
  const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent("serviceworker"));
  const touch = (action: string) =>
    worker.evaluate(`self.registration.getNotifications().then(([notification]) => {
      self.dispatchEvent(new NotificationEvent("notificationclick", { notification, action: "${action}" }));
    })`);
  await touch("");
  await page.waitForURL(`${server.url}/alerts?alert=${payload?.alertId}`);
  await page.getByRole("dialog", { name: "Too warm" }).waitFor();
  // The browser still closes the first one, whose tag it shares: it may take a new one away with it.
  const again = async () => {
    await protocol.send("ServiceWorker.deliverPushMessage", { origin: server.url, registrationId, data });
    await sleep(1_000);
    return shown();
  };
  await expect.poll(again).toHaveLength(1);
  await touch("acknowledge");
  const states = async () =>
    (await server.call<{ items: { state: string }[] }>("GET", "/api/v1/alerts")).items.map(
      ({ state }) => state,
    );
  await expect.poll(states).toEqual(["acknowledged"]);

  await page.goto(`${server.url}/account`);
  await page.getByRole("button", { name: /Account of Bench Owner/ }).click();
  await page.getByRole("button", { name: "Log out" }).click();
  await heading(page, "Log in");
  const { rows } = {
    rows: await server.call<{ ok: boolean }>("POST", `/api/v1/channels/${channel.id}/test`, {}),
  };
  expect(rows).toMatchObject({ ok: false, failure: { code: "no_subscriber" } });
  expect(faults).toEqual([]);
  await context.close();
});

test("the console can be put on a home screen, and says so when the house is not reachable", async () => {
  const { context, page, faults } = await visit(browser, { viewport: PHONE });
  await page.goto(`${server.url}/login`);
  await heading(page, "Log in");
  const protocol = await context.newCDPSession(page);
  const { errors, url } = await protocol.send("Page.getAppManifest");
  expect([url, errors]).toEqual([`${server.url}/manifest.webmanifest`, []]);
  const { installabilityErrors } = await protocol.send("Page.getInstallabilityErrors");
  // The context of a test is a private window, which is the one thing that stands in the way.
  expect(installabilityErrors.map(({ errorId }) => errorId)).toEqual(["in-incognito"]);
  const manifest = (await (await fetch(url)).json()) as {
    name: string;
    display: string;
    start_url: string;
    icons: { src: string; sizes: string; type: string; purpose: string }[];
  };
  expect(manifest).toMatchObject({
    name: "Gatehouse",
    display: "standalone",
    start_url: "/?from=home-screen",
  });
  expect(manifest.icons.map(({ sizes, purpose }) => `${sizes} ${purpose}`)).toEqual(
    expect.arrayContaining(["192x192 any", "512x512 any", "512x512 maskable"]),
  );
  for (const { src, type } of manifest.icons) {
    const icon = await fetch(new URL(src, url));
    expect([icon.status, icon.headers.get("content-type")?.split(";")[0]]).toEqual([200, type]);
  }
  expect(await page.evaluate("navigator.serviceWorker.ready.then(({ scope }) => scope)")).toBe(
    `${server.url}/`,
  );
  const iconTouch = await page.locator('link[rel="apple-touch-icon"]').getAttribute("href");
  expect((await fetch(new URL(iconTouch ?? "", url))).status).toBe(200);
  expect(faults).toEqual([]);
  await page.reload();
  await context.setOffline(true);
  await page.goto(`${server.url}${manifest.start_url}`);
  await page.getByRole("heading", { name: "The house is not reachable" }).waitFor();
  expect(await page.evaluate("caches.keys()")).toEqual([]);
  await context.close();
});
