import { once } from "node:events";
import { connect as connectSocket, type Socket } from "node:net";
import mqtt, { type MqttClient } from "mqtt";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bytesOf, connectPacket, listenTo } from "../../apps/server/src/features/gateway/testing/packets.ts";
import { type Gatehouse, startGatehouse } from "../lib/gatehouse.ts";

// Whatever arrives gets one refusal that is counted on the device's page, and the device beside it notices nothing.

type Made = Awaited<ReturnType<Gatehouse["createDevices"]>>[number];

let server: Gatehouse;
let device: Made;
let witness: Made;
let witnessClient: MqttClient;
let witnessed = 0;
let witnessing = true;
let witnessLoop: Promise<void>;
let witnessDrops = 0;

beforeAll(async () => {
  server = await startGatehouse();
  [device, witness] = (await server.createDevices(2, "thermometer")) as [Made, Made];
  witnessClient = await connect(witness);
  witnessClient.on("close", () => witnessDrops++);
  witnessLoop = publishAlong();
});
afterAll(async () => {
  witnessing = false;
  await witnessClient?.endAsync(true);
  await server?.end();
});

const connect = ({ username, password }: Made): Promise<MqttClient> =>
  mqtt.connectAsync(`mqtt://127.0.0.1:${server.mqttPort}`, { username, password, reconnectPeriod: 0 });

/** The undisturbed device: a reading every 50 ms or so, each acknowledged. */
async function publishAlong(): Promise<void> {
  while (witnessing) {
    await witnessClient.publishAsync(witness.topic, '{"temperature": 20}', { qos: 1 });
    witnessed++;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

interface Refusal {
  readonly code: string;
  readonly count: number;
}

async function refusals(): Promise<Record<string, number>> {
  const { items } = await server.call<{ items: Refusal[] }>(
    "GET",
    `/api/v1/devices/${device.deviceId}/refusals`,
  );
  const counts: Record<string, number> = {};
  for (const { code, count } of items) counts[code] = (counts[code] ?? 0) + count;
  return counts;
}

/** Exactly one more refusal, of this code, and a server that is well. */
async function expectOneRefusal(code: string, act: () => Promise<unknown>): Promise<void> {
  const before = await refusals();
  await act();
  await expect.poll(refusals).toEqual({ ...before, [code]: (before[code] ?? 0) + 1 });
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
}

async function rawSocket(): Promise<Socket> {
  const socket = connectSocket(server.mqttPort, "127.0.0.1");
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
}

const login = () => connectPacket(device.username, device.password);

/** Sends bytes after a log-in and waits until the broker ends the connection. */
async function sendRaw(bytes: Buffer): Promise<void> {
  const socket = await rawSocket();
  const { packets, closed } = listenTo(socket);
  socket.write(login());
  await expect.poll(() => packets.length).toBeGreaterThan(0);
  socket.write(bytes);
  await closed;
}

async function publish(topic: string, payload: string | Buffer): Promise<void> {
  const client = await connect(device);
  try {
    await client.publishAsync(topic, payload, { qos: 1 });
  } finally {
    await client.endAsync(true);
  }
}

const GIANT_LENGTH = [0xff, 0xff, 0xff, 0x7f];
const publishBytes = (topic: string): Buffer => {
  const name = Buffer.from(topic);
  const rest = Buffer.concat([Buffer.from([0, name.length]), name, Buffer.from("{}")]);
  return Buffer.concat([Buffer.from([0x30, rest.length]), rest]);
};

describe("MQTT that is not MQTT", () => {
  test.each([
    ["a packet of type 0", "message.malformed", () => Buffer.from([0x00, 0])],
    ["random bytes", "message.malformed", () => Buffer.from("f3a91c07d4ee00b2913f8857", "hex")],
    ["a topic longer than its packet", "message.malformed", () => Buffer.from([0x30, 3, 0, 200, 97])],
    ["a giant remaining length", "message.too_large", () => Buffer.from([0x30, ...GIANT_LENGTH])],
    ["a length of five bytes", "message.malformed", () => Buffer.from([0x30, 255, 255, 255, 255, 127])],
    ["a second CONNECT", "message.malformed", login],
    ["a wildcard # in a topic", "message.malformed", () => publishBytes("gh/#")],
    ["a wildcard + in a topic", "message.malformed", () => publishBytes("gh/+/up/telemetry")],
  ] as const)("%s: the connection ends with %s", async (_, code, bytes) => {
    await expectOneRefusal(code, () => sendRaw(bytes()));
  });

  test("before a log-in nothing is answered and nothing breaks", async () => {
    const attacks = [
      publishBytes(device.topic),
      Buffer.from("f3a91c07d4ee00b2913f8857", "hex"),
      Buffer.from("GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
      Buffer.from([0x10, ...GIANT_LENGTH]),
    ];
    for (const bytes of attacks) {
      const socket = await rawSocket();
      const { packets, closed }: ReturnType<typeof listenTo> = listenTo(socket);
      socket.write(bytes);
      await closed;
      expect(packets).toEqual([]);
    }
    const anonymous = async () => {
      const { refused } = await server.call<{ refused: { byControl: Refusal[] } }>("GET", "/api/v1/overview");
      return refused.byControl.find(({ code }) => code === "message.malformed")?.count;
    };
    await expect.poll(anonymous).toBeGreaterThanOrEqual(3);
  });

  test("a packet that stops half way leaves nothing behind", async () => {
    const socket = await rawSocket();
    const { closed } = listenTo(socket);
    const whole = bytesOf({ cmd: "publish", topic: device.topic, payload: '{"temperature": 3}', qos: 0 });
    socket.write(Buffer.concat([login(), whole.subarray(0, whole.length - 4)]));
    socket.end();
    await closed;
    const { last } = await server.call<{ last: unknown[] }>("GET", `/api/v1/devices/${device.deviceId}`);
    expect(last).toEqual([]);
  });
});

describe("topics that are not the device's end its connection", () => {
  test.each([
    ["another device's", "message.topic_forbidden", (): string => witness.topic],
    ["$SYS", "message.topic_forbidden", (): string => "$SYS/broker/uptime"],
    ["one of 300 characters", "message.topic_invalid", (): string => "t".repeat(300)],
    ["one of 9 levels", "message.topic_invalid", (): string => `${"a/".repeat(8)}a`],
    ["one of 21 levels", "message.topic_invalid", (): string => `${"a/".repeat(20)}a`],
  ] as const)("%s: %s", async (_, code, topic) => {
    await expectOneRefusal(code, async () => {
      const client = await connect(device);
      client.publish(topic(), '{"temperature": 66}', { qos: 1 });
      await new Promise<void>((resolve) => client.once("close", () => resolve()));
    });
  });

  test("an unknown topic is acknowledged, refused and stored nowhere", async () => {
    await expectOneRefusal("message.topic_unknown", () => publish("kitchen/temperature", "21"));
  });
});

const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;

describe("payloads over MQTT are acknowledged, refused and counted", () => {
  test.each([
    ["an empty payload", "message.malformed", ""],
    ["half a JSON", "message.malformed", '{"temperature": '],
    ["a text instead of a number", "message.schema", '{"temperature": "warm"}'],
    ["an unknown metric", "message.schema", '{"pressure": 1013}'],
    ["NaN", "message.not_finite", '{"temperature": NaN}'],
    ["Infinity", "message.not_finite", '{"temperature": -Infinity}'],
    ["1e999", "message.not_finite", '{"temperature": 1e999}'],
    ["an absurd number", "message.out_of_range", '{"temperature": 1e30}'],
    ["the year 1970", "message.timestamp", '{"ts": 1000, "values": {"temperature": 20}}'],
    ["the year 2100", "message.timestamp", '{"ts": 4102444800000, "values": {"temperature": 20}}'],
    ["invalid UTF-8", "message.invalid_utf8", Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x7d])],
    ["JSON of depth 10,000", "message.too_deep", nested(10_000)],
    ["70,000 bytes", "message.too_large", JSON.stringify({ temperature: "x".repeat(70_000) })],
    ["an array of 10,000", "message.too_large", `[${Array(10_000).fill("{}").join()}]`],
  ] as const)("%s: %s", async (_, code, payload) => {
    await expectOneRefusal(code, () => publish(device.topic, payload));
  });
});

/** `POST /api/v1/ingest` as the device. */
async function post(
  body: string | Buffer<ArrayBuffer>,
): Promise<{ status: number; code: string | undefined }> {
  const reply = await fetch(`${server.url}/api/v1/ingest`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${device.password}` },
    body,
  });
  const { code } = (await reply.json()) as { code?: string };
  return { status: reply.status, code };
}

describe("payloads over HTTP are answered with why, refused and counted", () => {
  test.each([
    ["half a JSON", 400, "request.invalid", '{"temperature": '],
    ["a text instead of a number", 422, "message.schema", '{"temperature": "warm"}'],
    ["an unknown metric", 422, "message.schema", '{"pressure": 1013}'],
    ["NaN", 422, "message.not_finite", '{"temperature": NaN}'],
    ["Infinity", 422, "message.not_finite", '{"temperature": -Infinity}'],
    ["1e999", 422, "message.not_finite", '{"temperature": 1e999}'],
    ["an absurd number", 422, "message.out_of_range", '{"temperature": 1e30}'],
    ["the year 1970", 422, "message.timestamp", '{"ts": 1000, "values": {"temperature": 20}}'],
    ["the year 2100", 422, "message.timestamp", '{"ts": 4102444800000, "values": {"temperature": 20}}'],
    ["invalid UTF-8", 400, "message.invalid_utf8", Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x7d])],
    ["JSON of depth 10,000", 400, "message.too_deep", nested(10_000)],
    ["2,000,000 bytes", 413, "request.too_large", JSON.stringify({ temperature: "x".repeat(2_000_000) })],
    ["an array of 10,000", 413, "message.too_large", `[${Array(10_000).fill("{}").join()}]`],
  ] as const)("%s: %i %s", async (_, status, code, body) => {
    await expectOneRefusal(code, async () => expect(await post(body)).toEqual({ status, code }));
  });
});

test.each([
  ["MQTT", (body: string) => publish(device.topic, body)],
  ["HTTP", post],
] as const)(
  "of the same instant sent again over %s one is kept, another value is a conflict, and order does not matter",
  async (way, give) => {
    const nowMs = Date.now() - (way === "MQTT" ? 120_000 : 60_000);
    const send = (ts: number, temperature: number) => give(JSON.stringify({ ts, values: { temperature } }));
    await send(nowMs + 2_000, 22);
    await send(nowMs + 1_000, 21);
    await send(nowMs + 1_000, 21);
    // A contradiction and no jump, which the trust in its readings would hold apart.
    await send(nowMs + 2_000, 22.5);
    await send(nowMs, 20);
    const { items } = await server.call<{ items: { t: number[]; v: number[]; conflicts: number }[] }>(
      "POST",
      "/api/v1/telemetry/history",
      {
        series: [`${device.deviceId}:temperature`],
        fromMs: nowMs - 1_000,
        toMs: nowMs + 10_000,
        resolution: "raw",
      },
    );
    expect(items[0]).toMatchObject({
      t: [nowMs, nowMs + 1_000, nowMs + 2_000],
      v: [20, 21, 22],
      conflicts: 1,
    });
  },
);

test("all that time the other device was heard: nothing of it refused, lost or cut off", async () => {
  // On a quick machine all of the above takes a second: then it goes on a little longer.
  while (witnessed <= 20) await new Promise((resolve) => setTimeout(resolve, 50));
  witnessing = false;
  await witnessLoop;
  expect(witnessDrops).toBe(0);
  const seen = () =>
    server.call<{ refused: number; accepted: number }>("GET", `/api/v1/devices/${witness.deviceId}/refusals`);
  await expect.poll(seen).toMatchObject({ refused: 0, accepted: witnessed });
});
