import { cameras } from "@gatehouse/contract";
import { drawScene } from "@gatehouse/scenes";
import type { Browser, BrowserContext, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { encodePicture } from "../../apps/server/src/platform/pictures/index.ts";
import { accessibilityFaults, openBrowser, useSession, watchFaults } from "../lib/browser.ts";
import { addCameras, type FakeCamera, feedOf } from "../lib/fake-cameras.ts";
import { type Gatehouse, startGatehouse } from "../lib/gatehouse.ts";

// Somebody walks to and fro in a drawn corridor, is found there by the detector that comes along, and stands in a box.

const SIZE = { width: 640, height: 360 };
const PATIENT = { timeout: 60_000, interval: 200 };
const FPS = 10;
/** Of the walk: somebody near enough to be found, whole in the picture. */
const SPAN = { fromS: 14, toS: 16 };

interface Span {
  left: number;
  right: number;
}

let server: Gatehouse;
let browser: Browser;
let walker: { id: string; feed: Pick<FakeCamera, "start" | "stop"> };
let plain: FakeCamera;
/** Where the figure is at one time or another, as shares of the picture's width. */
const walked: Span = { left: 1, right: 0 };
const contexts: BrowserContext[] = [];

async function drawWalk(): Promise<Uint8Array[]> {
  const scene = drawScene("corridor", SIZE);
  const frames: Uint8Array[] = [];
  for (let at = SPAN.fromS * FPS; at < SPAN.toS * FPS; at++) {
    const { rgb, boxes } = scene.draw(scene.story.figuresOfAct(0, at / FPS), at);
    for (const { x, width } of boxes) {
      walked.left = Math.min(walked.left, x / SIZE.width);
      walked.right = Math.max(walked.right, (x + width) / SIZE.width);
    }
    frames.push(await encodePicture(rgb, scene, 80));
  }
  return [...frames, ...frames.toReversed()];
}

beforeAll(async () => {
  const [started, opened, frames] = await Promise.all([startGatehouse(), openBrowser(), drawWalk()]);
  server = started;
  browser = opened;
  [plain] = (await addCameras(server, browser, 1, FPS)) as [FakeCamera];
  const { items } = await server.call<{ items: { id: string }[] }>("GET", "/api/v1/sites");
  const { device, key } = await server.call<{ device: { id: string }; key: { apiKey: string } }>(
    "POST",
    "/api/v1/devices",
    { name: "corridor", typeId: "camera", siteId: items[0]?.id },
  );
  walker = { id: device.id, feed: feedOf(server, key.apiKey, frames, FPS) };
  for (const { start } of [plain, walker.feed]) start();
}, 180_000);
afterEach(() => Promise.all(contexts.splice(0).map((context) => context.close())));
afterAll(async () => {
  for (const feed of [plain, walker?.feed]) feed?.stop();
  await browser?.close();
  await server?.end();
});

const cameraNow = () => server.call<cameras.Camera>("GET", `/api/v1/cameras/${walker.id}`);

async function change(part: Partial<cameras.CameraSettings>): Promise<void> {
  const { settings, settingsMs } = await cameraNow();
  const body = { settings: { ...settings, ...part }, settingsMs };
  await server.call("PUT", `/api/v1/cameras/${walker.id}/settings`, body);
}

async function open(path: string, prepare?: (page: Page) => Promise<void>) {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    reducedMotion: "reduce",
    locale: "en-GB",
  });
  contexts.push(context);
  const faults = await watchFaults(context, [503]);
  await useSession(context, server.url, server.cookie);
  const page = await context.newPage();
  /** Of each camera that is watched: whether what is found is wanted too. */
  const wanted: Record<string, boolean> = {};
  page.on("websocket", (socket) => {
    if (!socket.url().endsWith(cameras.CAMERAS_LIVE_PATH)) return;
    socket.on("framesent", ({ payload }) => {
      const request = JSON.parse(String(payload)) as cameras.CameraLiveRequest;
      if (request.op === "watch") for (const { id, found = false } of request.cameras) wanted[id] = found;
    });
  });
  await prepare?.(page);
  await page.goto(server.url + path);
  return { page, faults, wanted };
}

const tileOf = (page: Page, id: string): Locator => page.locator(`figure[data-camera="${id}"]`);
const isLive = (tile: Locator) =>
  vi.waitFor(async () => expect(await tile.getAttribute("data-look")).toBe("live"), PATIENT);

/** The person's box is where the figure walks; of the picture, which is as wide as its canvas. */
async function expectBox(tile: Locator): Promise<void> {
  await vi.waitFor(async () => {
    const box = await tile
      .getByText(/^Person 0\.\d\d$/)
      .locator("..")
      .boundingBox();
    const picture = await tile.locator("canvas").boundingBox();
    if (box === null || picture === null) throw new Error("there is no box");
    const [left, right] = [box.x, box.x + box.width].map((x) => (x - picture.x) / picture.width);
    expect(left).toBeGreaterThan(walked.left - 0.1);
    expect(right).toBeLessThan(walked.right + 0.1);
    expect(box.height).toBeGreaterThan(0.1 * picture.height);
  }, PATIENT);
}

test("where nothing is looked for there is nothing to turn on", async () => {
  const wall = await open("/cameras/live");
  await isLive(tileOf(wall.page, walker.id));
  expect(await wall.page.getByRole("button", { name: "Boxes around what is found" }).count()).toBe(0);
  expect(wall.wanted).toEqual({ [walker.id]: false, [plain.deviceId]: false });
  const { page, faults } = await open(`/cameras/${walker.id}`);
  await page.getByText("People are not looked for.").waitFor();
  expect(await page.getByRole("switch", { name: "Boxes around what is found" }).isDisabled()).toBe(true);
  expect([...faults, ...wall.faults]).toEqual([]);
});

test("on the wall each box is in the picture of its camera, until nobody wants it", async () => {
  const { settings } = await cameraNow();
  await change({ detection: { ...settings.detection, enabled: true } });
  const { page, faults, wanted } = await open("/cameras/live");
  const tile = tileOf(page, walker.id);
  await isLive(tile);
  await isLive(tileOf(page, plain.deviceId));
  await expectBox(tile);
  expect(
    await tileOf(page, plain.deviceId)
      .getByText(/Person/)
      .count(),
  ).toBe(0);
  expect(wanted).toEqual({ [walker.id]: true, [plain.deviceId]: false });
  const inaccessible = await accessibilityFaults(page);

  const button = page.getByRole("button", { name: "Boxes around what is found" });
  expect(await button.getAttribute("aria-pressed")).toBe("true");
  await button.click();
  await tile.getByText(/^Person/).waitFor({ state: "detached" });
  await vi.waitFor(() => expect(wanted[walker.id]).toBe(false), PATIENT);
  await page.reload();
  await isLive(tile);
  expect([await button.getAttribute("aria-pressed"), wanted[walker.id]]).toEqual(["false", false]);
  expect([...inaccessible, ...faults]).toEqual([]);
});

test("on the camera's page masks stay black, boxes of old looks go, and its machine's silence is said", async () => {
  const mask: [number, number][] = [
    [0.6, 0],
    [1, 0],
    [1, 0.3],
  ];
  await change({ masks: [mask] });
  let tellsFound = true;
  const { page, faults } = await open(`/cameras/${walker.id}`, (page) =>
    page.routeWebSocket(/cameras\/live/, (socket) => {
      const upstream = socket.connectToServer();
      upstream.onMessage((message) => {
        const isFound = typeof message === "string" && message.includes('"found"');
        if (tellsFound || !isFound) socket.send(message);
      });
    }),
  );
  const tile = tileOf(page, walker.id);
  await isLive(tile);
  await expectBox(tile);
  expect(await tile.locator("polygon").getAttribute("points")).toBe("0.6,0 1,0 1,0.3");
  const inaccessible = await accessibilityFaults(page);

  tellsFound = false;
  await tile.getByText(/^Person/).waitFor({ state: "detached" });
  await isLive(tile);
  tellsFound = true;
  await expectBox(tile);

  const silent = { state: "no_picture", model: "", boxes: [], lookMs: 0, looksPerSecond: 0, by: "agent" };
  await page.route(`**/api/v1/cameras/${walker.id}/detection`, (route) => route.fulfill({ json: silent }));
  await page.getByText("which tells nothing now").waitFor();
  const toggle = page.getByRole("switch", { name: "Boxes around what is found" });
  await toggle.uncheck({ force: true });
  await tile.getByText(/^Person/).waitFor({ state: "detached" });
  await page.reload();
  await isLive(tile);
  expect([await toggle.isChecked(), await toggle.isDisabled()]).toEqual([false, false]);
  expect([...inaccessible, ...faults]).toEqual([]);
});
