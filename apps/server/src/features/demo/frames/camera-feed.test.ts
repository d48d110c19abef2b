import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { seededRandom, silentLogger, systemClock } from "@gatehouse/base";

import { afterEach, expect, it, vi } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { CameraFeed } from "./camera-feed.ts";

const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
afterEach(() => server.removeAllListeners("connection"));

const arrivals: { key: string | undefined; path: string | undefined; socket: WebSocket }[] = [];
const frames: Buffer[] = [];

async function feedTo(events: { onRefused?(code: string): void } = {}): Promise<CameraFeed> {
  if (server.address() === null) await once(server, "listening");
  server.on("connection", (socket, request) => {
    arrivals.push({ key: request.headers.authorization, path: request.url, socket });
    socket.on("message", (data) => frames.push(data as Buffer));
  });
  const feed = new CameraFeed("cam", "secret", {
    endpoints: { httpUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
    clock: { ...systemClock, after: (ms, run) => systemClock.after(ms / 50, run) },
    random: seededRandom(1),
    log: silentLogger,
    ...events,
  });
  feed.start();
  return feed;
}

const until = (isSo: () => boolean): Promise<void> =>
  vi.waitFor(() => expect(isSo()).toBe(true), { timeout: 20_000, interval: 20 });

it("shows its key before anything else, sends each frame as one message, and comes back when it is cut off", async () => {
  const refused: string[] = [];
  const feed = await feedTo({ onRefused: (code) => void refused.push(code) });
  await until(() => feed.connected);
  expect(arrivals[0]).toMatchObject({ key: "Bearer secret", path: "/api/v1/cameras/feed" });
  feed.send(Buffer.from([0xff, 0xd8, 1, 0xff, 0xd9]));
  await until(() => frames.length === 1);
  expect(frames[0]?.toString("hex")).toBe("ffd801ffd9");
  arrivals[0]?.socket.send('{"refused":"frame.rate"}');
  await until(() => refused.length === 1);
  expect(refused).toEqual(["frame.rate"]);
  arrivals[0]?.socket.terminate();
  await until(() => arrivals.length === 2 && feed.connected);
  feed.stop();
  await until(() => server.clients.size === 0);
  expect(feed.connected).toBe(false);
});

it("drops frames while there is no connection", async () => {
  const before = frames.length;
  const feed = await feedTo();
  feed.send(Buffer.from([1]));
  await until(() => feed.connected);
  feed.send(Buffer.from([2]));
  await until(() => frames.length > before);
  expect(frames.slice(before).map((frame) => [...frame])).toEqual([[2]]);
  feed.stop();
});
