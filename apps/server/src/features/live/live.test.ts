import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { silentLogger, systemClock } from "@gatehouse/base";
import { type Bus, type LiveFrame, PERMISSIONS, type Permission, type Reading } from "@gatehouse/contract";
import { recordingLogger } from "@gatehouse/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import { createBus } from "../../platform/bus/bus.ts";
import type { PersonPrincipal } from "../../platform/http/principal.ts";
import { everywhere } from "../../platform/http/testing/gates.ts";
import { createLive, type LiveFeature } from "./index.ts";

const A = "00000000-0000-4000-8000-00000000000a";
const B = "00000000-0000-4000-8000-00000000000b";
const DEVICE = "00000000-0000-4000-8000-000000000001";
const OTHER = "00000000-0000-4000-8000-000000000002";

let bus: Bus;
let live: LiveFeature;
let server: Server;
let log: ReturnType<typeof recordingLogger>;
const open: WebSocket[] = [];
/** Where devices lie, and what somebody may do when asked again. */
const sites = new Map([[DEVICE, "site-1"]]);
const again: (principal: PersonPrincipal) => PersonPrincipal | undefined = (principal) => principal;

/** Tenant and permissions come in the query, so that each test chooses who is asking. */
function principalOf(url: string): PersonPrincipal | undefined {
  const query = new URL(url, "http://x").searchParams;
  const tenantId = query.get("tenant");
  if (tenantId === null) return undefined;
  const permissions = everywhere((query.get("may")?.split(",") ?? PERMISSIONS) as Permission[]);
  return {
    kind: "person",
    tenantId,
    personId: tenantId,
    sessionId: query.get("session") ?? tenantId,
    name: "n",
    permissions,
  };
}

beforeEach(async () => {
  bus = createBus(silentLogger);
  log = recordingLogger();
  live = createLive({
    bus,
    clock: systemClock,
    log,
    rate: () => ({ perSecond: 5, refused: 0 }),
    people: { again: async (principal) => again(principal), siteOf: (deviceId) => sites.get(deviceId) },
    authenticate: async (request) => principalOf(request.url ?? ""),
  });
  await live.start?.();
  server = createServer();
  server.on("upgrade", live.handleUpgrade);
  await once(server.listen(0, "127.0.0.1"), "listening");
});
afterEach(async () => {
  for (const socket of open.splice(0)) socket.terminate();
  await live.stop?.();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const port = (): number => (server.address() as AddressInfo).port;

interface Browser {
  readonly socket: WebSocket;
  readonly frames: LiveFrame[];
  until(test: (frames: LiveFrame[]) => boolean): Promise<void>;
}

async function browser(
  query: string,
  watch: object = { op: "watch", values: "all", details: [DEVICE] },
  headers = {},
): Promise<Browser> {
  const socket = new WebSocket(`ws://127.0.0.1:${port()}/api/v1/live?${query}`, { headers });
  open.push(socket);
  const frames: LiveFrame[] = [];
  socket.on("message", (data) => frames.push(JSON.parse(data.toString()) as LiveFrame));
  await once(socket, "open");
  const until = async (done: (all: LiveFrame[]) => boolean): Promise<void> => {
    while (!done(frames)) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  await until((all) => all[0]?.type === "hello");
  socket.send(JSON.stringify(watch));
  // A ping is answered after the watch has taken effect.
  socket.send('{"op":"ping","id":1}');
  await until((all) => all.some((frame) => frame.type === "pong"));
  return { socket, frames, until };
}

const reading = (tenantId: string, deviceId: string, tsMs: number, value: number): Reading => ({
  tenantId,
  deviceId,
  typeId: "thermometer",
  tsMs,
  receivedMs: tsMs,
  numbers: [["temperature", value]],
  states: [],
});
const values = (frames: LiveFrame[]): unknown[] =>
  frames.flatMap((frame) => (frame.type === "batch" ? (frame.values ?? []) : []));

test("every reading of the tenant arrives in order, another tenant's never", async () => {
  const mine = await browser(`tenant=${A}`);
  const theirs = await browser(`tenant=${B}`);
  bus.publish("readings.stored", {
    readings: [reading(A, DEVICE, 1, 20), reading(A, DEVICE, 2, 21), reading(B, OTHER, 1, 99)],
  });
  await mine.until((frames) => values(frames).length === 2);
  await theirs.until((frames) => values(frames).length === 1);
  expect(values(mine.frames)).toEqual([
    [DEVICE, "temperature", 1, 20],
    [DEVICE, "temperature", 2, 21],
  ]);
  expect(values(theirs.frames)).toEqual([[OTHER, "temperature", 1, 99]]);
});

test("a browser that watches one device hears that one only, and no stream without its permission", async () => {
  const narrow = await browser(`tenant=${A}&may=telemetry.read`, {
    op: "watch",
    values: [OTHER],
    details: [],
  });
  const blind = await browser(`tenant=${A}&may=device.read`);
  bus.publish("device.status", { tenantId: A, deviceId: DEVICE, status: "stale", atMs: 5 });
  bus.publish("readings.stored", { readings: [reading(A, DEVICE, 1, 20), reading(A, OTHER, 1, 30)] });
  await narrow.until((frames) => values(frames).length > 0);
  await blind.until((frames) => frames.some((frame) => frame.type === "batch" && frame.status !== undefined));
  expect(values(narrow.frames)).toEqual([[OTHER, "temperature", 1, 30]]);
  expect(narrow.frames.some((frame) => frame.type === "batch" && frame.status !== undefined)).toBe(false);
  expect(values(blind.frames)).toEqual([]);
});

test("a slow browser does not hold up a quick one, and then gets the newest value, marked as merged", async () => {
  const quick = await browser(`tenant=${A}`);
  const slow = await browser(`tenant=${A}`);
  slow.socket.pause();
  const text = "x".repeat(1_000);
  let sent = 0;
  for (let round = 0; round < 60; round++) {
    const readings = Array.from({ length: 300 }, () => ({
      ...reading(A, DEVICE, ++sent, sent),
      states: [["note", text] as const],
    }));
    bus.publish("readings.stored", { readings });
    await quick.until((frames) => values(frames).some((value) => (value as unknown[])[2] === sent));
  }
  slow.socket.resume();
  await slow.until((frames) => values(frames).some((value) => (value as unknown[])[2] === sent));
  expect(slow.frames.some((frame) => frame.type === "batch" && frame.merged === true)).toBe(true);
  const times = values(slow.frames)
    .filter((value) => (value as unknown[])[1] === "temperature")
    .map((value) => (value as number[])[2] as number);
  expect(times).toEqual([...times].sort((a, b) => a - b));
  expect(times.length).toBeLessThan(sent);
});

test("an ended session hears bye and is closed", async () => {
  const ended = await browser(`tenant=${A}&session=s1`);
  const other = await browser(`tenant=${A}&session=s2`);
  bus.publish("session.ended", { tenantId: A, personId: A, sessionId: "s1" });
  await once(ended.socket, "close");
  expect(ended.frames.at(-1)).toEqual({ type: "bye", code: "auth.session_ended" });
  expect(other.socket.readyState).toBe(WebSocket.OPEN);
});

test("nobody, another site's page, and nonsense are refused", async () => {
  const statusOf = async (query: string, headers = {}) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port()}/api/v1/live?${query}`, { headers });
    const [error] = await once(socket, "error");
    return (error as Error).message;
  };
  expect(await statusOf("")).toMatch(/401/);
  expect(log.lines).toEqual([]);
  expect(await statusOf(`tenant=${A}`, { origin: "https://evil.example" })).toMatch(/403/);
  const refused = { code: "request.cross_site", origin: "https://evil.example", address: "127.0.0.1" };
  expect(log.lines).toEqual([{ level: "warn", event: "live.refused", fields: refused }]);
  for (const nonsense of [
    "{",
    '{"op":"watch"}',
    '{"op":"watch","values":"some","details":[]}',
    `{"op":"watch","values":[${'"x",'.repeat(600)}"x"],"details":[]}`,
  ]) {
    const { socket } = await browser(`tenant=${A}`);
    socket.send(nonsense);
    const [code] = await once(socket, "close");
    expect(code).toBe(1008);
  }
  const huge = await browser(`tenant=${A}`);
  huge.socket.send("x".repeat(70_000));
  expect((await once(huge.socket, "close"))[0]).toBe(1009);
});

test("whoever tries it without end fills no log", async () => {
  for (let i = 0; i < 40; i++) {
    const socket = new WebSocket(`ws://127.0.0.1:${port()}/api/v1/live`, { origin: "https://evil.example" });
    await once(socket, "error");
  }
  expect(log.lines).toHaveLength(30);
});

test("a refusal in place of the WebSocket is a problem document with strict headers", async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${port()}/api/v1/live`);
  socket.on("error", () => undefined);
  const [, reply] = (await once(socket, "unexpected-response")) as [unknown, IncomingMessage];
  let body = "";
  for await (const part of reply.setEncoding("utf8")) body += part;
  expect(JSON.parse(body)).toMatchObject({
    status: 401,
    code: "auth.required",
    type: "/docs/errors#auth.required",
  });
  expect(reply.headers).toMatchObject({
    "content-type": "application/problem+json; charset=utf-8",
    "x-content-type-options": "nosniff",
    "content-security-policy": expect.stringContaining("frame-ancestors 'none'"),
  });
  expect(reply.headers).not.toHaveProperty("strict-transport-security");
});

test("a client that disappears in the middle of the handshake harms nobody", async () => {
  const raw = connect(port(), "127.0.0.1");
  raw.write("GET /api/v1/live HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n");
  raw.destroy();
  const still = await browser(`tenant=${A}`);
  expect(still.socket.readyState).toBe(WebSocket.OPEN);
});

const entry = (id: string, message: string) => ({ id, tsMs: 1, kind: "log", level: "info", message });
const parts = (frames: LiveFrame[], name: "log" | "status" | "alerts" | "changed"): unknown[] =>
  frames.flatMap((frame) => (frame.type === "batch" ? ((frame[name] as unknown[] | undefined) ?? []) : []));

test("a browser hears the log and commands of the devices it details, and of its own tenant only", async () => {
  const page = await browser(`tenant=${A}`);
  const curious = await browser(`tenant=${B}`);
  bus.publish("device.log", { tenantId: A, deviceId: DEVICE, entry: entry("1", "mine") });
  bus.publish("device.log", { tenantId: A, deviceId: OTHER, entry: entry("2", "not asked for") });
  bus.publish("device.changed", { tenantId: A, deviceId: DEVICE, change: "updated" });
  await page.until((frames) => parts(frames, "log").length > 0 && parts(frames, "changed").length > 0);
  expect(parts(page.frames, "log")).toEqual([{ deviceId: DEVICE, entry: entry("1", "mine") }]);
  expect(parts(curious.frames, "log")).toEqual([]);
  expect(parts(curious.frames, "changed")).toEqual([]);
});

test("what waits for a browser that does not read stays small, log lines and states included", async () => {
  const stuck = await browser(`tenant=${A}`);
  const watching = await browser(`tenant=${A}`);
  stuck.socket.pause();
  const message = "x".repeat(2_000);
  for (let round = 0; round < 40; round++) {
    for (let i = 0; i < 400; i++)
      bus.publish("device.log", { tenantId: A, deviceId: DEVICE, entry: entry(`${round}-${i}`, message) });
    bus.publish("device.status", { tenantId: A, deviceId: DEVICE, status: "online", atMs: round });
    await watching.until((frames) =>
      parts(frames, "status").some((status) => (status as unknown[])[2] === round),
    );
  }
  stuck.socket.resume();
  await stuck.until((frames) => parts(frames, "status").some((status) => (status as unknown[])[2] === 39));
  expect(parts(watching.frames, "log")).toHaveLength(16_000);
  expect(parts(stuck.frames, "log").length).toBeLessThan(9_000);
  expect(parts(stuck.frames, "status").length).toBeLessThan(40);
}, 30_000);

test("a flood of requests is refused before its answers pile up", async () => {
  const { socket } = await browser(`tenant=${A}`);
  for (let id = 0; id < 200; id++) socket.send(JSON.stringify({ op: "ping", id }));
  const [code, reason] = await once(socket, "close");
  expect([code, String(reason)]).toEqual([1008, "request.rate_limited"]);
});

test("a person has a bounded number of connections, and another person is not kept out by it", async () => {
  for (let i = 0; i < 50; i++) await browser(`tenant=${A}`);
  const refused = new WebSocket(`ws://127.0.0.1:${port()}/api/v1/live?tenant=${A}`);
  expect(String((await once(refused, "error"))[0])).toMatch(/429/);
  const other = await browser(`tenant=${B}`);
  expect(other.socket.readyState).toBe(WebSocket.OPEN);
  for (const socket of open.splice(0)) socket.terminate();
  while (live.viewerCount() > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  expect((await browser(`tenant=${A}`)).socket.readyState).toBe(WebSocket.OPEN);
}, 30_000);

test("a session that ends while its upgrade is being checked does not get in", async () => {
  const late = createLive({
    bus,
    clock: systemClock,
    log: silentLogger,
    rate: () => ({ perSecond: 0, refused: 0 }),
    people: { again: async (principal) => principal, siteOf: () => undefined },
    async authenticate() {
      bus.publish("session.ended", { tenantId: A, personId: A, sessionId: "s9" });
      return principalOf(`/?tenant=${A}&session=s9`);
    },
  });
  server.removeAllListeners("upgrade");
  server.on("upgrade", late.handleUpgrade);
  const socket = new WebSocket(`ws://127.0.0.1:${port()}/api/v1/live`);
  expect(String((await once(socket, "error"))[0])).toMatch(/401/);
  await late.stop?.();
});

test("stopping says so to everybody and lets nobody in", async () => {
  const { socket, frames } = await browser(`tenant=${A}`);
  const closed = once(socket, "close");
  await live.stop?.();
  expect((await closed)[0]).toBe(1001);
  expect(frames.at(-1)).toEqual({ type: "bye", code: "server.stopping" });
  const next = new WebSocket(`ws://127.0.0.1:${port()}/api/v1/live?tenant=${A}`);
  expect(String((await once(next, "error"))[0])).toMatch(/503/);
});
