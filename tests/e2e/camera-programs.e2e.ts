import { once } from "node:events";
import { type AnyEndpoint, cameras, type ledger } from "@gatehouse/contract";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { encodePicture } from "../../apps/server/src/platform/pictures/index.ts";
import { type Gatehouse, startGatehouse } from "../lib/gatehouse.ts";
import { type MadeToken, makeToken } from "../lib/program-token.ts";
import { takePulse } from "../lib/pulse.ts";

// What is not the console, as Home Assistant: a token, a snapshot, a stream. And what has no credential at all.

const FRAMES_PER_SECOND = 10;
const JPEG_END = Buffer.of(0xff, 0xd9);

let server: Gatehouse;
let cameraId: string;
let feed: WebSocket;
let picture: Buffer;
let timer: NodeJS.Timeout;

beforeAll(async () => {
  server = await startGatehouse();
  const [device] = await server.createDevices(1, "esp32-cam");
  if (device === undefined) throw new Error("no camera");
  cameraId = device.deviceId;
  const rgb = Uint8Array.from({ length: 320 * 240 * 3 }, (_, at) => at % 251);
  picture = Buffer.from(await encodePicture(rgb, { width: 320, height: 240 }, 60));
  feed = new WebSocket(`${server.url.replace("http", "ws")}${cameras.CAMERAS_FEED_PATH}`, {
    headers: { authorization: `Bearer ${device.password}` },
  });
  await once(feed, "open");
  timer = setInterval(() => feed.send(picture), 1_000 / FRAMES_PER_SECOND);
  const state = async () => (await server.call<cameras.Camera>("GET", `/api/v1/cameras/${cameraId}`)).state;
  await vi.waitFor(async () => expect(await state()).toBe("live"), 60_000);
});
afterAll(async () => {
  clearInterval(timer);
  feed?.terminate();
  await server?.end();
});

const addressOf = (endpoint: AnyEndpoint): string =>
  `${server.url}${endpoint.path.replace(/:id\b/, cameraId).replace(/:\w+/g, cameraId)}`;
const bearer = ({ secret }: MadeToken) => ({ authorization: `Bearer ${secret}` });
const basic = ({ secret }: MadeToken, name = "any") => ({
  authorization: `Basic ${Buffer.from(`${name}:${secret}`).toString("base64")}`,
});
const pictures = (bytes: Buffer): number => bytes.toString("latin1").split("Content-Length: ").length - 1;

test("a program with a token gets the newest picture, as Bearer and as the password of Basic", async () => {
  const token = await makeToken(server, ["camera.view"]);
  for (const headers of [bearer(token), basic(token), basic(token, "")]) {
    const reply = await fetch(addressOf(cameras.getSnapshot), { headers });
    expect([reply.status, reply.headers.get("content-type")]).toEqual([200, "image/jpeg"]);
    const bytes = Buffer.from(await reply.arrayBuffer());
    expect(bytes.equals(picture)).toBe(true);
    expect(bytes.subarray(-2)).toEqual(JPEG_END);
  }
  const wrong = { secret: `${token.secret.slice(0, -1)}~` } as MadeToken;
  for (const headers of [bearer(wrong), basic(wrong)])
    expect((await fetch(addressOf(cameras.getSnapshot), { headers })).status).toBe(401);
  const other = await makeToken(server, ["device.read"]);
  expect((await fetch(addressOf(cameras.getSnapshot), { headers: basic(other) })).status).toBe(403);
});

test("a stream brings pictures until its token is revoked, and the ledger has whose it was", async () => {
  await using pulse = takePulse();
  const token = await makeToken(server, ["camera.view"]);
  const reply = await fetch(addressOf(cameras.watchMultipart), { headers: basic(token) });
  expect(reply.headers.get("content-type")).toBe("multipart/x-mixed-replace; boundary=gatehouse-frame");
  let received = Buffer.alloc(0);
  const ended = (async () => {
    for await (const chunk of reply.body ?? []) received = Buffer.concat([received, chunk]);
  })();
  while (pictures(received) < 5) await new Promise((resolve) => setTimeout(resolve, 20));
  const beforeMs = Date.now();
  await server.call("DELETE", `/api/v1/tokens/${token.token.id}`);
  await ended.catch(() => undefined);
  expect(pulse.msBetween(beforeMs, Date.now())).toBeLessThan(5_000);
  expect(received.indexOf(picture)).toBeGreaterThan(0);
  const path = `/api/v1/ledger/entries?kind=camera.viewed&actor=${token.token.id}`;
  const whose = async () =>
    (await server.call<{ items: ledger.LedgerEntry[] }>("GET", path)).items.map(({ act }) => [
      act?.actor.kind,
      act?.subject?.id,
    ]);
  // An act has its place in the log within moments.
  await expect.poll(whose).toEqual([["program", cameraId]]);
});

test("without a credential there is no byte: every address of cameras and recordings answers 401", async () => {
  const guarded = Object.values(cameras).filter(
    (one): one is typeof one & AnyEndpoint =>
      typeof one === "object" && "audience" in one && one.audience === "operator",
  );
  const answers = await Promise.all(
    guarded.map(async (endpoint) => {
      const init = { method: endpoint.method, signal: AbortSignal.timeout(60_000) };
      const { status } = await fetch(addressOf(endpoint), init);
      return [endpoint.method, endpoint.path, status];
    }),
  );
  expect(answers.length).toBeGreaterThan(10);
  expect(answers.filter(([, , status]) => status !== 401)).toEqual([]);
  for (const path of [cameras.CAMERAS_LIVE_PATH, cameras.CAMERAS_FEED_PATH]) {
    const socket = new WebSocket(`${server.url.replace("http", "ws")}${path}`);
    socket.on("error", () => undefined);
    const [, response] = (await once(socket, "unexpected-response")) as [unknown, { statusCode?: number }];
    expect([path, response.statusCode]).toEqual([path, 401]);
  }
});
