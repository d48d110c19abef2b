import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { cameras } from "@gatehouse/contract";
import { WebSocket } from "ws";
import type { Gatehouse } from "../../tests/lib/gatehouse.ts";
import { cpuSeconds, treeCpuSeconds } from "./cpu-time.ts";

export interface LiveCamera {
  readonly id: string;
  readonly socket: WebSocket;
}

/** A camera that sends plain frames over a WebSocket. */
export async function addCamera({ url, call }: Gatehouse, name: string): Promise<LiveCamera> {
  const { items } = await call<{ items: { id: string }[] }>("GET", "/api/v1/sites");
  const body = { name, typeId: "esp32-cam", siteId: items[0]?.id };
  const made = await call<{ device: { id: string }; key: { apiKey: string } }>(
    "POST",
    "/api/v1/devices",
    body,
  );
  const socket = new WebSocket(`${url.replace(/^http/, "ws")}${cameras.CAMERAS_FEED_PATH}`, {
    headers: { authorization: `Bearer ${made.key.apiKey}` },
    perMessageDeflate: false,
  });
  socket.on("message", (told: Buffer) => console.log(`refused: ${told.toString()}`));
  await once(socket, "open");
  return { id: made.device.id, socket };
}

/** As somebody would in the console. */
export async function changeSettings(
  { call }: Gatehouse,
  { id }: LiveCamera,
  change: (settings: cameras.CameraSettings) => cameras.CameraSettings,
): Promise<void> {
  const { settings, settingsMs } = await call<cameras.Camera>("GET", `/api/v1/cameras/${id}`);
  await call("PUT", `/api/v1/cameras/${id}/settings`, { settings: change(settings), settingsMs });
}

/** One frame after the other by the clock, whatever became of the one before. */
export async function playFrames(
  frames: readonly Buffer[],
  fps: number,
  give: (frame: Buffer) => void,
): Promise<void> {
  const startMs = performance.now();
  for (const [i, frame] of frames.entries()) {
    await sleep(Math.max(0, startMs + (i * 1_000) / fps - performance.now()));
    give(frame);
  }
}

export interface Usage {
  /** Of one core, with all descendants and without them. */
  readonly treeRatio: number;
  readonly processRatio: number;
}

export async function measureUsage(pid: number, work: () => Promise<unknown>): Promise<Usage> {
  const before = { tree: treeCpuSeconds(pid), process: cpuSeconds(pid), atMs: performance.now() };
  await work();
  const seconds = (performance.now() - before.atMs) / 1_000;
  return {
    treeRatio: (treeCpuSeconds(pid) - before.tree) / seconds,
    processRatio: (cpuSeconds(pid) - before.process) / seconds,
  };
}

export async function everyFrame(frames: AsyncIterable<Buffer>): Promise<Buffer[]> {
  const all: Buffer[] = [];
  for await (const frame of frames) all.push(frame);
  return all;
}
