import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import ffmpeg from "@ffmpeg-installer/ffmpeg";
import { cameras } from "@gatehouse/contract";
import type { Browser, BrowserContext, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { accessibilityFaults, openBrowser, useSession, watchFaults } from "../lib/browser.ts";
import { addCameras, type FakeCamera } from "../lib/fake-cameras.ts";
import { type Gatehouse, startGatehouse } from "../lib/gatehouse.ts";
import { answerWithVideo } from "../lib/recorded-video.ts";

// Six cameras of the plain kind send ten frames a second; a browser watches them, and draws what is watched and hidden.

const DESKTOP = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
const PATIENT = { timeout: 60_000, interval: 200 };

/** From the first picture on: a page that is asked late may have played it all. A script for the page is a text. */
const NOTE_PLAYED = `globalThis.played = [];
  document.addEventListener("timeupdate", ({ target }) => globalThis.played.push(target.currentTime), true);`;

const { CAMERAS_LIVE_HEADER_BYTES, FRAME_KINDS } = cameras;

let server: Gatehouse;
let browser: Browser;
let feeds: FakeCamera[];
const contexts: BrowserContext[] = [];

beforeAll(async () => {
  [server, browser] = await Promise.all([startGatehouse(), openBrowser()]);
  feeds = await addCameras(server, browser, 6, 10);
  for (const camera of feeds) camera.start();
});
afterEach(() => Promise.all(contexts.splice(0).map((context) => context.close())));
afterAll(async () => {
  for (const camera of feeds ?? []) camera.stop();
  await browser?.close();
  await server?.end();
});

interface Opened {
  readonly page: Page;
  readonly faults: string[];
  /** Pictures that came over the live socket, of any camera. */
  readonly received: () => number;
}

async function open(
  path: string,
  options: {
    viewport?: typeof DESKTOP;
    expected?: number[];
    dark?: boolean;
    prepare?: (page: Page) => Promise<void>;
  } = {},
): Promise<Opened> {
  const { viewport = DESKTOP, expected = [], dark = false, prepare } = options;
  const context = await browser.newContext({
    viewport,
    reducedMotion: "reduce",
    locale: "en-GB",
    colorScheme: dark ? "dark" : "light",
    acceptDownloads: true,
  });
  contexts.push(context);
  // A server on a machine that is busy with something else asks the page to come again.
  const faults = await watchFaults(context, [503, ...expected]);
  await useSession(context, server.url, server.cookie);
  const page = await context.newPage();
  let pictures = 0;
  page.on("websocket", (socket) => {
    if (!socket.url().includes("/cameras/live")) return;
    socket.on("framereceived", ({ payload }) => {
      if (typeof payload !== "string") pictures += 1;
    });
  });
  await prepare?.(page);
  await page.goto(server.url + path);
  return { page, faults, received: () => pictures };
}

const tileOf = (page: Page, camera: FakeCamera | undefined): Locator =>
  page.locator(`figure[data-camera="${camera?.deviceId}"]`);

/** Colour of the drawn picture at shares of its width and height. */
const colourAt = (tile: Locator, x: number, y: number): Promise<number[]> =>
  tile.locator("canvas").evaluate(
    (canvas, at) => {
      const { width, height } = canvas as HTMLCanvasElement;
      const context = (canvas as HTMLCanvasElement).getContext("2d");
      const pixel = context?.getImageData(Math.floor(width * at.x), Math.floor(height * at.y), 1, 1);
      return [...(pixel?.data ?? [])].slice(0, 3);
    },
    { x, y },
  );

const isNear = (seen: readonly number[], wanted: readonly number[]): boolean =>
  wanted.every((value, n) => Math.abs(value - (seen[n] ?? 0)) < 24);

const settingsOf = async (camera: FakeCamera | undefined) =>
  server.call<cameras.Camera>("GET", `/api/v1/cameras/${camera?.deviceId}`);

/** A frame as the live socket carries it. */
function liveFrame(kind: number, number: number, cameraId: string, bytes: Uint8Array): Buffer {
  const head = Buffer.alloc(CAMERAS_LIVE_HEADER_BYTES);
  head.writeUInt8(kind, 0);
  head.writeUInt32BE(number, 4);
  head.writeBigUInt64BE(BigInt(Date.now()), 8);
  head.write(cameraId.replaceAll("-", ""), 16, "hex");
  return Buffer.concat([head, bytes]);
}

/** Twelve seconds of H.264 in fragments of half a second, each with a key frame first. */
function fragmentedVideo(): { init: Buffer; fragments: Buffer[] } {
  const input = ["-f", "lavfi", "-i", "testsrc=size=320x240:rate=10:duration=12"];
  const codec = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "5"];
  const output = ["-movflags", "empty_moov+frag_keyframe+default_base_moof", "-f", "mp4", "pipe:1"];
  const bytes = execFileSync(ffmpeg.path, ["-v", "error", ...input, ...codec, ...output], {
    maxBuffer: 50_000_000,
  });
  const boxes: { type: string; bytes: Buffer }[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = bytes.readUInt32BE(at);
    boxes.push({ type: bytes.toString("latin1", at + 4, at + 8), bytes: bytes.subarray(at, at + size) });
    at += size;
  }
  const of = (type: string) => boxes.filter((box) => box.type === type).map((box) => box.bytes);
  const data = of("mdat");
  return {
    init: Buffer.concat([...of("ftyp"), ...of("moov")]),
    fragments: of("moof").map((moof, n) => Buffer.concat([moof, data[n] ?? Buffer.alloc(0)])),
  };
}

test("six cameras are seen live, each its own and moving", async () => {
  const { page, faults } = await open("/cameras");
  await page.waitForURL("**/cameras/live");
  await page.getByRole("heading", { level: 1, name: /^6 cameras: 6 live/ }).waitFor({ timeout: 60_000 });
  for (const camera of feeds) {
    const tile = tileOf(page, camera);
    await vi.waitFor(async () => expect(await tile.getAttribute("data-look")).toBe("live"), PATIENT);
    // Top left is ground: nothing of another camera is ever drawn here.
    await vi.waitFor(async () => {
      const seen = await colourAt(tile, 0.1, 0.1);
      expect([camera.name, seen, isNear(seen, camera.colour)]).toEqual([camera.name, seen, true]);
    }, PATIENT);
    const still = (await colourAt(tile, 0.5, 0.7)).join();
    await vi.waitFor(async () => expect((await colourAt(tile, 0.5, 0.7)).join()).not.toBe(still), PATIENT);
    await tile.getByText(/\d+ fps, [\d,]+ ms/).waitFor();
  }
  expect([...(await accessibilityFaults(page)), ...faults]).toEqual([]);
});

test("the grid shows as many as are asked for, page by page, and the address keeps it", async () => {
  const { page, faults } = await open("/cameras/live");
  await page.getByText("2×2", { exact: true }).click();
  await vi.waitFor(async () => expect(await page.locator("figure").count()).toBe(4), PATIENT);
  await page.getByRole("button", { name: "Next page" }).click();
  await vi.waitFor(async () => expect(await page.locator("figure").count()).toBe(2), PATIENT);
  expect(decodeURIComponent(new URL(page.url()).search)).toBe('?grid="4"&offset="4"');
  await page.reload();
  await tileOf(page, feeds[5]).waitFor();
  await vi.waitFor(async () => expect(await page.locator("figure").count()).toBe(2), PATIENT);
  expect(faults).toEqual([]);
});

test("nothing is sent while nobody sees the page, nor while the console is paused", async () => {
  const { page, faults, received } = await open("/cameras/live");
  const comes = () => vi.waitFor(comesMore(received), PATIENT);
  const rests = async () => {
    await vi.waitFor(async () => {
      const before = received();
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      expect(received()).toBe(before);
    }, PATIENT);
  };
  const setHidden = (state: string) =>
    page.evaluate(`Object.defineProperty(document, "visibilityState", { configurable: true, get: () => "${state}" });
      document.dispatchEvent(new Event("visibilitychange"))`);
  await comes();
  await setHidden("hidden");
  await rests();
  await setHidden("visible");
  await comes();
  await page.keyboard.press(".");
  await rests();
  await tileOf(page, feeds[0]).getByText("Paused").waitFor();
  await page.keyboard.press(".");
  await comes();
  expect(faults).toEqual([]);
});

const comesMore = (received: () => number) => {
  const before = received();
  return () => expect(received()).toBeGreaterThan(before + 5);
};

test("a camera that stops is said to be silent since when, and its last picture is greyed", async () => {
  const { page, faults } = await open("/cameras/live");
  const [camera] = feeds;
  const tile = tileOf(page, camera);
  await vi.waitFor(async () => expect(await tile.getAttribute("data-look")).toBe("live"), PATIENT);
  camera?.stop();
  await tile.getByText(/Silent since \d\d:\d\d:\d\d/).waitFor({ timeout: 60_000 });
  const filter = await tile.locator("canvas").evaluate((canvas) => getComputedStyle(canvas).filter);
  expect(filter).toContain("grayscale");
  await page.getByRole("heading", { level: 1, name: /1 silent/ }).waitFor({ timeout: 60_000 });
  camera?.start();
  await vi.waitFor(async () => expect(await tile.getAttribute("data-look")).toBe("live"), PATIENT);
  expect(faults).toEqual([]);
});

test("a picture is saved as it is, enlarged by keys, and fills the screen", async () => {
  const { page, faults } = await open(`/cameras/${feeds[1]?.deviceId}`);
  const tile = tileOf(page, feeds[1]);
  await vi.waitFor(async () => expect(await tile.getAttribute("data-look")).toBe("live"), PATIENT);
  await page.getByText("320 × 240").waitFor();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    tile.getByRole("button", { name: "Save this picture" }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^camera-2-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.jpg$/);
  const bytes = readFileSync(await download.path());
  expect([...bytes.subarray(0, 2), ...bytes.subarray(-2)]).toEqual([0xff, 0xd8, 0xff, 0xd9]);

  await tile.focus();
  await page.keyboard.press("+");
  await tile.getByText("1.5×").waitFor();
  await page.keyboard.press("0");
  await tile.getByText("1.5×").waitFor({ state: "detached" });
  await tile.hover({ position: { x: 100, y: 100 } });
  await page.mouse.wheel(0, -300);
  await tile.getByText("1.2×").waitFor();
  await tile.getByRole("button", { name: "Full screen" }).click();
  await tile.getByRole("button", { name: "End full screen" }).waitFor();
  await page.keyboard.press("Escape");
  expect([...(await accessibilityFaults(page)), ...faults]).toEqual([]);
});

test("H.264 is shown as video that goes on where fragments were left out", async () => {
  const camera = feeds[5];
  const { init, fragments } = fragmentedVideo();
  const drawn: number[] = [];
  const prepare = async (page: Page) => {
    await page.addInitScript(NOTE_PLAYED);
    await page.routeWebSocket(/cameras\/live/, (socket) => {
      socket.send(JSON.stringify({ type: "hello", serverMs: Date.now() }));
      const send = (kind: number, number: number, bytes: Uint8Array) =>
        socket.send(liveFrame(kind, number, camera?.deviceId ?? "", bytes));
      socket.onMessage((message) => {
        const request = JSON.parse(String(message)) as cameras.CameraLiveRequest;
        if (request.op === "watch") {
          send(FRAME_KINDS.videoInit, 0, init);
          // Every second fragment is left out, as for a viewer that is slow.
          fragments.forEach((fragment, n) => {
            if (n % 2 === 0) setTimeout(() => send(FRAME_KINDS.videoFragment, n + 1, fragment), 150 * n);
          });
        } else drawn.push(request.number);
      });
    });
  };
  const { page, faults } = await open(`/cameras/${camera?.deviceId}`, { prepare });
  const tile = tileOf(page, camera);
  const video = tile.locator("video");
  await video.waitFor({ state: "visible" });
  const played = () => page.evaluate<number[]>("globalThis.played");
  await vi.waitFor(async () => {
    const times = await played();
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(1);
  }, PATIENT);
  await vi.waitFor(() => expect(drawn.length).toBe(1 + Math.ceil(fragments.length / 2)), PATIENT);
  expect(new Set(drawn).size).toBe(drawn.length);
  expect(faults).toEqual([]);
});

test("recorded H.264 is stepped through picture by picture, also from one fragment to the next", async () => {
  const cameraId = feeds[5]?.deviceId ?? "";
  const firstMs = Date.now() - 60_000;
  const prepare = (page: Page) => answerWithVideo(page, cameraId, firstMs);
  const at = new Date(firstMs).toISOString();
  const { page, faults } = await open(`/cameras/playback?cameras=${cameraId}&at=${at}&span=300s`, {
    prepare,
  });
  const video = page.locator("figure video");
  const isAt = (seconds: number) =>
    vi.waitFor(async () => {
      expect(await video.evaluate((element) => (element as HTMLVideoElement).currentTime)).toBe(seconds);
    }, PATIENT);
  await video.waitFor({ state: "visible" });
  for (let n = 0; n <= 11; n++) {
    await isAt(n / 10);
    await page.keyboard.press("ArrowRight");
  }
  await isAt(1.2);
  await page.keyboard.press("ArrowLeft");
  await isAt(1.1);
  expect(faults).toEqual([]);
});

test("a zone is drawn with the keys alone, what is recorded is chosen, and both are kept", async () => {
  const camera = feeds[2];
  const { page, faults } = await open(`/cameras/${camera?.deviceId}/settings`);
  await page.getByRole("button", { name: "Watch a zone" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Corner 1: 30% · 30%" }).waitFor();
  for (const key of ["ArrowLeft", "ArrowLeft", "Shift+ArrowUp", "Insert"]) await page.keyboard.press(key);
  await page.getByRole("button", { name: /^Corner 5/ }).waitFor();
  await page.getByLabel("Name of zone 1").fill("Doorway");
  const stays = page.getByRole("group", { name: "Who counts in Doorway" }).getByLabel("Who stays at least");
  await stays.fill("200");
  await page.getByRole("radio", { name: "By schedule" }).press("Space");
  await page.getByRole("button", { name: "Save changes" }).click();
  await page.getByText("Add a time, or choose another way of recording.").waitFor();
  await page.getByText("A whole number from 1 to 90.").waitFor();
  await stays.fill("20");
  await page.getByRole("button", { name: "Add a time" }).click();
  await page.getByRole("group", { name: "Time 1" }).getByLabel("From").fill("19:30");
  await page.getByRole("switch", { name: "Look for people" }).press("Space");
  await page.getByRole("slider", { name: "Greatest height" }).press("ArrowLeft");
  await page.getByText("3% to 99%").waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.getByRole("switch", { name: "Look for people" }).press("Space");
  await page.getByRole("button", { name: "Save changes" }).click();
  await page.getByText("The settings of camera-3 are saved.").waitFor();
  const { settings } = await settingsOf(camera);
  expect(settings.detection).toMatchObject({ enabled: false, minHeight: 0.03, maxHeight: 0.99 });
  expect(settings.recording.mode).toBe("schedule");
  expect(settings.recording.schedule).toEqual([{ days: [1, 2, 3, 4, 5], fromMinute: 1_170, toMinute: 480 }]);
  expect(settings.motion.zones).toEqual([
    {
      name: "Doorway",
      kind: "watch",
      area: [
        [0.28, 0.25],
        [0.49, 0.275],
        [0.7, 0.3],
        [0.7, 0.7],
        [0.3, 0.7],
      ],
      loiterSeconds: 20,
    },
  ]);
  await page.reload();
  await page.getByText(/^Only who stays 20\ss counts\.$/).waitFor();
  expect(await page.getByLabel("Name of zone 1").inputValue()).toBe("Doorway");
  expect(faults).toEqual([]);
});

test("a mask drawn with the pointer is undone, drawn again, and blackens what everybody sees", async () => {
  const camera = feeds[3];
  const { page, faults } = await open(`/cameras/${camera?.deviceId}/settings`);
  const picture = page.locator("[data-look=live]");
  await picture.waitFor({ timeout: 60_000 });
  const draw = async () => {
    await page.getByRole("button", { name: "Mask a part" }).click();
    for (const [x, y] of [
      [0.05, 0.05],
      [0.4, 0.05],
      [0.4, 0.4],
      [0.05, 0.4],
      [0.055, 0.055],
    ] as const) {
      // Looked up each time: what stands around it may be laid out anew.
      const box = await picture.boundingBox();
      await page.mouse.click((box?.x ?? 0) + x * (box?.width ?? 0), (box?.y ?? 0) + y * (box?.height ?? 0));
    }
    await page.getByText("Mask 1", { exact: true }).waitFor();
  };
  await draw();
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByText("Mask 1", { exact: true }).waitFor({ state: "detached" });
  await draw();
  await page.getByText("Every frame of a camera with masks is decoded").waitFor();
  await page.getByRole("button", { name: "Save changes" }).click();
  await page.getByText("The settings of camera-4 are saved.").waitFor();
  await page.getByRole("tab", { name: "Live" }).click();
  const tile = tileOf(page, camera);
  await vi.waitFor(async () => {
    expect(isNear(await colourAt(tile, 0.2, 0.2), [0, 0, 0])).toBe(true);
    expect(isNear(await colourAt(tile, 0.7, 0.2), camera?.colour ?? [])).toBe(true);
  }, PATIENT);
  expect(faults).toEqual([]);
});

test("two people who change the same settings hear of each other, and nobody leaves changes behind unasked", async () => {
  const camera = feeds[4];
  const path = `/api/v1/cameras/${camera?.deviceId}/settings`;
  const { page, faults } = await open(`/cameras/${camera?.deviceId}/settings`, { expected: [409] });
  const days = page.getByLabel("With motion");
  await days.fill("21");
  await page.getByRole("link", { name: "Overview" }).click();
  await page.getByRole("dialog", { name: "Leave without saving?" }).waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  const { settings, settingsMs } = await settingsOf(camera);
  await server.call("PUT", path, { settings: { ...settings, maxFramesPerSecond: 12 }, settingsMs });
  await page.getByRole("button", { name: "Save changes" }).click();
  await page.getByText("Somebody else changed these settings meanwhile").waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.getByRole("button", { name: "Save mine" }).click();
  await page.getByText("The settings of camera-5 are saved.").waitFor();
  const saved = (await settingsOf(camera)).settings;
  expect([saved.recording.motionDays, saved.maxFramesPerSecond]).toEqual([21, settings.maxFramesPerSecond]);
  await page.getByRole("link", { name: "Overview" }).click();
  await page.waitForURL(`${server.url}/`);
  expect(faults).toEqual([]);
});

test("on a phone cameras stand below each other, one thumb away", async () => {
  const { page, faults } = await open("/devices", { viewport: PHONE, dark: true });
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Cameras" }).click();
  await tileOf(page, feeds[0]).waitFor();
  const boxes = await Promise.all(feeds.map((camera) => tileOf(page, camera).boundingBox()));
  expect(new Set(boxes.map((box) => box?.x)).size).toBe(1);
  const found = await accessibilityFaults(page);
  await tileOf(page, feeds[0]).getByRole("link", { name: "camera-1" }).click();
  await page.getByRole("tab", { name: "Settings" }).click();
  await page.getByRole("button", { name: "Watch a zone" }).waitFor();
  found.push(...(await accessibilityFaults(page)));
  expect(await page.evaluate("document.documentElement.scrollWidth > innerWidth")).toBe(false);
  expect([...found, ...faults]).toEqual([]);
});
