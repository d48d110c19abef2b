import { cameras } from "@gatehouse/contract";
import type { Browser } from "playwright-core";
import type { Gatehouse } from "./gatehouse.ts";

/** Where the moving square is in a frame: its left edge in pixels of 320. */
const STEPS = 20;
const SIZE = { width: 320, height: 240 };

export interface FakeCamera {
  readonly deviceId: string;
  readonly name: string;
  /** Ground of its pictures: red, green, blue. */
  readonly colour: readonly [number, number, number];
  start(): void;
  stop(): void;
}

/** A picture on a ground of one colour over which a white square walks, in JPEG of the browser's own making. */
async function drawFrames(browser: Browser, colours: readonly string[]): Promise<Buffer[][]> {
  const page = await browser.newPage();
  const drawn = await page.evaluate<
    string[][]
  >(`Promise.all(${JSON.stringify(colours)}.map(async (colour) => {
    const frames = [];
    const canvas = new OffscreenCanvas(${SIZE.width}, ${SIZE.height});
    const context = canvas.getContext("2d");
    for (let step = 0; step < ${STEPS}; step++) {
      context.fillStyle = colour;
      context.fillRect(0, 0, canvas.width, canvas.height);
      context.fillStyle = "white";
      context.fillRect(step * 13, 130, 60, 90);
      const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.8 });
      frames.push(btoa(String.fromCharCode(...new Uint8Array(await blob.arrayBuffer()))));
    }
    return frames;
  }))`);
  await page.close();
  return drawn.map((frames) => frames.map((frame) => Buffer.from(frame, "base64")));
}

/** Cameras of the plain kind, each with pictures of its own, that send once they are started. */
export async function addCameras(
  server: Gatehouse,
  browser: Browser,
  count: number,
  framesPerSecond: number,
): Promise<FakeCamera[]> {
  const colours = Array.from({ length: count }, (_, n): [number, number, number] => [
    40 + 30 * n,
    160 - 20 * n,
    70 + 25 * (n % 3),
  ]);
  const frames = await drawFrames(
    browser,
    colours.map((colour) => `rgb(${colour})`),
  );
  const sites = await server.call<{ items: { id: string }[] }>("GET", "/api/v1/sites");
  const made: FakeCamera[] = [];
  for (const [n, colour] of colours.entries()) {
    const name = `camera-${n + 1}`;
    const { device, key } = await server.call<{ device: { id: string }; key: { apiKey: string } }>(
      "POST",
      "/api/v1/devices",
      { name, typeId: "camera", siteId: sites.items[0]?.id },
    );
    const feed = feedOf(server, key.apiKey, frames[n] ?? [], framesPerSecond);
    made.push({ deviceId: device.id, name, colour, ...feed });
  }
  return made;
}

/** JPEG frames of a plain camera, again and again while it is started. */
export function feedOf(
  server: Gatehouse,
  apiKey: string,
  frames: readonly Uint8Array[],
  framesPerSecond: number,
): Pick<FakeCamera, "start" | "stop"> {
  const url = `${server.url.replace("http", "ws")}${cameras.CAMERAS_FEED_PATH}?token=${apiKey}`;
  let socket: WebSocket | undefined;
  let timer: NodeJS.Timeout | undefined;
  let next = 0;
  return {
    start() {
      const opened = new WebSocket(url);
      socket = opened;
      opened.addEventListener("open", () => {
        timer = setInterval(() => {
          const frame = frames[next++ % frames.length];
          if (frame !== undefined && opened.bufferedAmount === 0) opened.send(new Uint8Array(frame));
        }, 1_000 / framesPerSecond);
      });
    },
    stop() {
      clearInterval(timer);
      socket?.close();
    },
  };
}
