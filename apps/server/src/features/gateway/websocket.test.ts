import { once } from "node:events";
import mqtt from "mqtt";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import { deviceId } from "./testing/database.ts";
import { grant, startGateway, type TestGateway, until } from "./testing/gateway.ts";
import { connectPacket } from "./testing/packets.ts";

let gateway: TestGateway;
let url: string;
beforeAll(async () => {
  gateway = await startGateway();
  gateway.addDevice("boiler", { grants: [grant("site/#")] });
  url = `ws://127.0.0.1:${await gateway.http()}/mqtt`;
}, 120_000);
afterAll(async () => gateway[Symbol.asyncDispose]());
beforeEach(() => {
  gateway.refused.length = 0;
  gateway.sink.readings.length = 0;
});

const options = { username: "boiler", password: "key of boiler", reconnectPeriod: 0, clientId: "ws" };

test("mqtt.js over WebSocket publishes, subscribes and receives", async () => {
  const client = await mqtt.connectAsync(url, options);
  const seen: string[] = [];
  client.on("message", (_, payload) => seen.push(payload.toString()));
  await client.subscribeAsync("site/#", { qos: 1 });
  await client.publishAsync("gh/boiler/up/telemetry", '{"a": 1}', { qos: 1 });
  const large = "x".repeat(60_000);
  await client.publishAsync("site/a", large, { qos: 1 });
  await until(() => seen.length === 1);
  expect(seen).toEqual([large]);
  expect(gateway.sink.readings).toHaveLength(1);
  expect(gateway.presence).toContain(`+${deviceId(1)} ws`);
  await client.endAsync();
  await until(() => gateway.gateway.connectedCount() === 0);
});

/** The HTTP status an upgrade is refused with. */
async function refusal(headers: Record<string, string>, protocols = ["mqtt"]): Promise<number | undefined> {
  const socket = new WebSocket(url, protocols, { headers });
  socket.on("error", () => {});
  const [, response] = (await once(socket, "unexpected-response")) as [unknown, { statusCode?: number }];
  return response.statusCode;
}

test("a page of another site cannot use a browser to connect", async () => {
  expect(await refusal({ origin: "https://evil.example" })).toBe(403);
  expect(await refusal({ origin: "null" })).toBe(403);
  expect(await refusal({ "sec-fetch-site": "cross-site" })).toBe(403);
  expect(gateway.codes()).toEqual(Array(3).fill("request.cross_site"));
});

test("a page of our own may, and an unknown subprotocol may not", async () => {
  const socket = new WebSocket(url, ["mqtt"], { origin: new URL(url).origin.replace("ws:", "http:") });
  await once(socket, "open");
  expect(socket.protocol).toBe("mqtt");
  socket.terminate();
  expect(await refusal({}, ["chat"])).toBe(400);
});

test("a text frame, and a frame over the limit, end the connection", async () => {
  for (const data of ["hello", Buffer.alloc(1_000_000)]) {
    const socket = new WebSocket(url, ["mqtt"]);
    await once(socket, "open");
    socket.on("error", () => {});
    socket.send(connectPacket("boiler", "key of boiler"));
    socket.send(data);
    await once(socket, "close");
  }
  await until(() => gateway.gateway.connectedCount() === 0);
});

test("packets may be spread over frames at will", async () => {
  const socket = new WebSocket(url, ["mqtt"]);
  await once(socket, "open");
  const received: Buffer[] = [];
  socket.on("message", (data) => received.push(data as Buffer));
  for (const byte of connectPacket("boiler", "key of boiler")) socket.send(Buffer.from([byte]));
  await until(() => received.length > 0);
  expect(Buffer.concat(received)).toEqual(Buffer.from([0x20, 2, 0, 0]));
  socket.close();
});
