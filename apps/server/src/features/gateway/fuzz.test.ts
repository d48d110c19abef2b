import { seededRandom } from "@gatehouse/base";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { MQTT_LIMITS } from "./limits.ts";
import { grant, startGateway, type TestGateway, until } from "./testing/gateway.ts";
import { bytesOf, connectPacket, listenTo } from "./testing/packets.ts";

let gateway: TestGateway;
const escaped: unknown[] = [];
const onEscaped = (error: unknown): void => void escaped.push(error);
beforeAll(async () => {
  process.on("uncaughtException", onEscaped);
  process.on("unhandledRejection", onEscaped);
  gateway = await startGateway();
  gateway.addDevice("boiler", { grants: [grant("site/#")] });
  gateway.addDevice("witness");
}, 120_000);
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  process.off("uncaughtException", onEscaped);
  process.off("unhandledRejection", onEscaped);
});
beforeEach(() => {
  gateway.refused.length = 0;
});
afterEach(async () => {
  await gateway.dropClients();
  expect(escaped).toEqual([]);
});

/** Every attack ends with this: somebody else's reading still goes through. */
async function expectServing(): Promise<void> {
  const witness = await gateway.client("witness");
  await witness.publishAsync("gh/witness/up/telemetry", '{"a": 1}', { qos: 1 });
  await witness.endAsync();
}

const login = connectPacket("boiler", "key of boiler");
const publish = bytesOf({
  cmd: "publish",
  topic: "gh/boiler/up/telemetry",
  payload: '{"a": 1}',
  qos: 1,
  messageId: 1,
  dup: false,
  retain: false,
});
const subscribe = bytesOf({ cmd: "subscribe", messageId: 2, subscriptions: [{ topic: "site/#", qos: 2 }] });
const GIANT_LENGTH = [0xff, 0xff, 0xff, 0x7f];

test.each([
  ["a PUBLISH before CONNECT", publish],
  ["a SUBSCRIBE before CONNECT", subscribe],
  ["a PINGREQ before CONNECT", Buffer.from([0xc0, 0])],
  ["a second CONNECT", Buffer.concat([login, login])],
  ["an HTTP request", Buffer.from("GET / HTTP/1.1\r\nHost: x\r\n\r\n")],
  ["a TLS greeting", Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03])],
  ["a packet type of 0", Buffer.concat([login, Buffer.from([0x00, 0])])],
  ["a packet type of 15", Buffer.concat([login, Buffer.from([0xf0, 0])])],
  ["a PUBLISH with QoS 3", Buffer.concat([login, Buffer.from([0x36, 5, 0, 1, 97, 0, 1])])],
  ["a SUBSCRIBE with QoS 3", Buffer.concat([login, Buffer.from([0x82, 6, 0, 1, 0, 1, 97, 3])])],
  ["a SUBSCRIBE to nothing", Buffer.concat([login, Buffer.from([0x82, 2, 0, 1])])],
  ["an UNSUBSCRIBE of an empty filter", Buffer.concat([login, Buffer.from([0xa2, 4, 0, 1, 0, 0])])],
  ["wrong flags", Buffer.concat([login, Buffer.from([0x83, 6, 0, 1, 0, 1, 97, 0])])],
  ["an empty topic", Buffer.concat([login, Buffer.from([0x30, 2, 0, 0])])],
  ["a topic with #", Buffer.concat([login, Buffer.from([0x30, 3, 0, 1, 35])])],
  ["a topic with U+0000", Buffer.concat([login, Buffer.from([0x30, 3, 0, 1, 0])])],
  ["a topic that is not UTF-8", Buffer.concat([login, Buffer.from([0x30, 3, 0, 1, 0xff])])],
  ["a topic longer than its packet", Buffer.concat([login, Buffer.from([0x30, 3, 0, 200, 97])])],
  ["a message identifier that is missing", Buffer.concat([login, Buffer.from([0x32, 3, 0, 1, 97])])],
  ["a length of five bytes", Buffer.concat([login, Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0x7f])])],
  ["a giant packet after log-in", Buffer.concat([login, Buffer.from([0x30, ...GIANT_LENGTH])])],
  ["a giant CONNECT", Buffer.from([0x10, ...GIANT_LENGTH])],
  ["a server's packet", Buffer.concat([login, Buffer.from([0x20, 2, 0, 0])])],
])("%s ends the connection, and only that", async (_, bytes) => {
  const socket = await gateway.raw();
  const { closed } = listenTo(socket);
  socket.write(bytes);
  await closed;
  await expectServing();
});

test("a packet over the limit is refused before its body is read", async () => {
  const socket = await gateway.raw();
  const { packets, closed } = listenTo(socket);
  socket.write(login);
  await until(() => packets.length === 1);
  const size = MQTT_LIMITS.packetBytes + 1;
  socket.write(Buffer.from([0x30, (size & 127) | 128, ((size >> 7) & 127) | 128, size >> 14]));
  await closed;
  expect(gateway.codes()).toEqual(["message.too_large"]);
});

test("acknowledgements nobody asked for are ignored", async () => {
  const socket = await gateway.raw();
  const { packets } = listenTo(socket);
  socket.write(login);
  for (const type of [0x40, 0x50, 0x62, 0x70]) socket.write(Buffer.from([type, 2, 0x12, 0x34]));
  socket.write(Buffer.from([0xc0, 0]));
  await until(() => packets.some(({ cmd }) => cmd === "pingresp"));
});

test("a good conversation cut off after any byte leaves nothing behind", async () => {
  const talk = Buffer.concat([login, subscribe, publish, Buffer.from([0xc0, 0])]);
  for (let length = 0; length < talk.length; length += 3) {
    const socket = await gateway.raw();
    socket.write(talk.subarray(0, length));
    socket.end();
  }
  await until(() => gateway.gateway.connectedCount() === 0);
  await expectServing();
});

test("a good conversation in single bytes is a good conversation", async () => {
  const socket = await gateway.raw();
  const { packets } = listenTo(socket);
  for (const byte of Buffer.concat([login, subscribe, publish])) {
    socket.write(Buffer.from([byte]));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await until(() => packets.length >= 3);
  expect(packets.map(({ cmd }) => cmd)).toEqual(["connack", "suback", "puback"]);
});

test("altered and random bytes crash nothing", { timeout: 60_000 }, async () => {
  const random = seededRandom(4_711);
  const talk = Buffer.concat([login, subscribe, publish, publish]);
  for (let round = 0; round < 400; round++) {
    const socket = await gateway.raw();
    if (round % 4 === 0) socket.write(random.bytes(1 + Math.floor(random.ratio() * 300)));
    else {
      const altered = Buffer.from(talk);
      const from = round % 2 === 0 ? login.length : 0;
      for (let i = 0; i < 1 + (round % 6); i++)
        altered[from + Math.floor(random.ratio() * (talk.length - from))] = Math.floor(random.ratio() * 256);
      socket.write(altered);
    }
    if (round % 8 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    socket.end();
  }
  await expectServing();
});
