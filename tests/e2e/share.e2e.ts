import type { cameras, ledger } from "@gatehouse/contract";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { accessibilityFaults, openBrowser, useSession, watchFaults } from "../lib/browser.ts";
import { addCameras, type FakeCamera } from "../lib/fake-cameras.ts";
import { type Gatehouse, startGatehouse } from "../lib/gatehouse.ts";

// A camera records; its owner shares a clip from one browser, and somebody without an account opens it in another.

const PHONE = { width: 390, height: 844 };
const PATIENT = { timeout: 60_000, interval: 250 };
const RECORDED_MS = 12_000;
const PASSWORD = "seven old lanterns";
let server: Gatehouse;
let browser: Browser;
let stranger: Browser;
let camera: FakeCamera;
let segment: cameras.Segment;
let owner: BrowserContext;
let guest: BrowserContext;
let faults: string[];
let guestFaults: string[];

beforeAll(async () => {
  [server, browser, stranger] = await Promise.all([startGatehouse(), openBrowser(), openBrowser()]);
  owner = await browser.newContext({ locale: "en-GB", reducedMotion: "reduce" });
  faults = await watchFaults(owner);
  await useSession(owner, server.url, server.cookie);
  guest = await stranger.newContext({ locale: "en-GB", viewport: PHONE, colorScheme: "dark" });
  // A wrong password, and links that do not work.
  guestFaults = await watchFaults(guest, [403, 404, 410]);
  [camera] = (await addCameras(server, browser, 1, 8)) as [FakeCamera];
  camera.start();
  await new Promise((resolve) => setTimeout(resolve, RECORDED_MS));
  camera.stop();
  segment = await vi.waitFor(async () => {
    const query = `fromMs=${Date.now() - 3_600_000}&toMs=${Date.now()}`;
    const path = `/api/v1/cameras/${camera.deviceId}/segments?${query}`;
    const { items } = await server.call<{ items: cameras.Segment[] }>("GET", path);
    const sealed = items.find(({ state }) => state === "sealed");
    if (sealed === undefined) throw new Error("not sealed yet");
    return sealed;
  }, PATIENT);
});
afterAll(async () => {
  camera?.stop();
  await Promise.all([browser?.close(), stranger?.close()]);
  await server?.end();
});

const playerAt = (offsetMs: number): string =>
  `${server.url}/cameras/playback?cameras=${camera.deviceId}&at=${new Date(segment.firstMs + offsetMs).toISOString()}&span=300s`;

/** Opens a link in a page of its own, up to its door. */
async function knock(url: string): Promise<Page> {
  const page = await guest.newPage();
  await page.goto(url);
  await page.getByRole("heading", { name: "A recording was shared with you" }).waitFor();
  return page;
}

const listed = () =>
  server.call<{ items: cameras.Share[] }>("GET", "/api/v1/recordings/shares").then(({ items }) => items);

/** Made by the machine's own socket. */
async function share(wish: object = {}): Promise<{ share: cameras.Share; url: string }> {
  return server.call("POST", `/api/v1/cameras/${camera.deviceId}/shares`, {
    ...{ fromMs: segment.firstMs, toMs: segment.lastMs, lifeMs: 3_600_000 },
    ...{ showsCamera: true, allowsDownload: true },
    ...wish,
  });
}

const isPlaying = (page: Page): Promise<boolean> =>
  page.locator("video").evaluate((element) => {
    const video = element as unknown as { videoWidth: number; duration: number; error: unknown };
    return video.videoWidth === 320 && video.duration > 5 && video.error === null;
  });

test("a clip is shared in the player, opened by somebody without an account, and taken back at once", async () => {
  const page = await owner.newPage();
  await page.goto(playerAt(5_000));
  await page.getByRole("button", { name: "Share", exact: true }).click();
  const drawer = page.getByRole("dialog");
  await drawer.getByLabel("Password, if it needs one").fill(PASSWORD);
  await drawer.getByLabel("Note to whoever opens it").fill("The blue van");
  expect(await accessibilityFaults(page)).toEqual([]);
  await drawer.getByRole("button", { name: "Make the link" }).click();
  const text = drawer.getByText(/\/share#/);
  await text.waitFor();
  const url = await text.innerText();
  expect(url).toMatch(/^http:\/\/localhost:\d+\/share#[A-Za-z0-9_-]{43}$/);
  await drawer.getByRole("button", { name: "Done" }).click();
  await page.getByText(url).waitFor({ state: "detached" });

  const asked: string[] = [];
  guest.on("request", (request) => asked.push(request.url()));
  const shown = await knock(url);
  expect(await accessibilityFaults(shown)).toEqual([]);
  await shown.getByLabel("Password of the link").fill("lanterns");
  await shown.getByRole("button", { name: "Show it" }).click();
  await shown.getByText("The password is wrong.").waitFor();
  expect(await shown.content()).not.toContain("The blue van");
  await shown.getByLabel("Password of the link").fill(PASSWORD);
  await shown.getByRole("button", { name: "Show it" }).click();
  await shown.getByText("The blue van").waitFor();
  await vi.waitFor(async () => expect(await isPlaying(shown)).toBe(true), PATIENT);
  await shown.getByText("Shared by Bench Owner, Bench").waitFor();
  await shown.getByRole("link", { name: "Save the film" }).waitFor();
  expect(await accessibilityFaults(shown)).toEqual([]);
  const width = await shown.evaluate<number>("document.documentElement.scrollWidth");
  expect(width).toBeLessThanOrEqual(PHONE.width);
  await shown.getByRole("button", { name: "FR, Français" }).click();
  await shown.getByText("Partagé par Bench Owner, Bench").waitFor();
  await shown.getByRole("button", { name: "EN, English" }).click();
  expect(await guest.cookies()).toEqual([]);
  // The link's secret is in no address that is asked for, and nothing of the console is read.
  const [, secret = ""] = url.split("#");
  expect(asked.filter((one) => one.includes(secret))).toEqual([]);
  expect(
    asked.filter(
      (one) => !/\/(share|icon\.svg|assets\/(share|atkinson)[^/]+|api\/v1\/share[^/]*\/.+)$/.test(one),
    ),
  ).toEqual([]);

  await shown.reload();
  await vi.waitFor(async () => expect(await isPlaying(shown)).toBe(true), PATIENT);
  const [made] = await listed();
  expect(made).toMatchObject({ openings: 1, state: "active", hasPassword: true });
  const opened = async () => {
    const path = "/api/v1/ledger/entries?kind=recording.viewed";
    const { items } = await server.call<{ items: ledger.LedgerEntry[] }>("GET", path);
    return items.flatMap(({ act }) => (act?.actor.kind === "link" ? [act] : []));
  };
  // An act has its place in the log within moments.
  await expect
    .poll(opened)
    .toMatchObject([
      { actor: { name: "1" }, subject: { id: camera.deviceId }, data: { link: 1, opening: 1 } },
    ]);
  expect((await opened()).map(({ personal = {} }) => Object.keys(personal))).toEqual([[]]);

  await page.goto(`${server.url}/cameras/links`);
  await page.getByRole("heading", { level: 1, name: "1 link shows a clip." }).waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  const film = asked.find((one) => one.endsWith("/film")) ?? "";
  await page.getByRole("button", { name: "Revoke link 1" }).click();
  // The note stays while the pointer is on it.
  await page.getByText("Link 1 shows nothing any more.").hover();
  expect((await fetch(film)).status).toBe(404);
  await shown.getByRole("heading", { name: "This link does not work" }).waitFor();
  expect(await shown.locator("video").getAttribute("src")).toBeNull();

  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByText("Link 1 works again.").waitFor();
  expect((await fetch(film, { headers: { range: "bytes=0-99" } })).status).toBe(206);
  expect([...faults, ...guestFaults]).toEqual([]);
});

test("a link that opens once opens once, and of a clip that was erased nothing is left", async () => {
  const [once, gone] = [await share({ maxOpenings: 1 }), await share()];
  const first = await knock(once.url);
  await first.getByText("This link opens once more.").waitFor();
  await first.getByRole("button", { name: "Show it" }).click();
  await first.getByText("Shared by").waitFor();
  const second = await guest.newPage();
  await second.goto(once.url);
  await second.getByRole("heading", { name: "This link does not work" }).waitFor();

  const shown = await knock(gone.url);
  await shown.getByRole("button", { name: "Show it" }).click();
  await vi.waitFor(async () => expect(await isPlaying(shown)).toBe(true), PATIENT);
  await server.call("POST", `/api/v1/cameras/${camera.deviceId}/recordings/erase`, {
    ...{ fromMs: segment.firstMs, toMs: segment.lastMs },
    reason: "asked by who is on it",
  });
  await shown.getByRole("heading", { name: "The recording was erased" }).waitFor();
  expect((await listed()).map(({ state, film }) => [state, film.bytes])).toEqual(
    Array(3).fill(["erased", undefined]),
  );
  const late = await guest.newPage();
  await late.goto(gone.url);
  await late.getByRole("heading", { name: "The recording was erased" }).waitFor();
  expect(guestFaults).toEqual([]);
});
