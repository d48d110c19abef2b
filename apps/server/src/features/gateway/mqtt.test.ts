import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { deviceId, TENANT } from "./testing/database.ts";
import { grant, inbox, startGateway, type TestGateway, until } from "./testing/gateway.ts";
import { bytesOf, connectPacket, listenTo } from "./testing/packets.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
  gateway.addDevice("boiler", { typeId: "thermometer" });
  gateway.addDevice("meter", { typeId: "plug" });
  gateway.addDevice("box");
  gateway.addDevice("led_garage", { typeId: "led" });
  gateway.addDevice("hub", { grants: [grant("site/#")] });
  gateway.addDevice("display", { grants: [grant("site/+/temperature"), grant("gh/+/up/telemetry")] });
  gateway.addDevice("foreign", { tenantId: "00000000-0000-7000-8000-00000000000b", grants: [grant("#")] });
}, 120_000);
afterAll(async () => gateway[Symbol.asyncDispose]());
beforeEach(() => {
  gateway.sink.readings.length = 0;
  gateway.refused.length = 0;
});
afterEach(() => gateway.dropClients());

test("a QoS 1 reading is acknowledged after it is committed, and not before", async () => {
  const client = await gateway.client("boiler");
  gateway.sink.isHolding = true;
  let isAcknowledged = false;
  const published = client
    .publishAsync("gh/boiler/up/telemetry", '{"temperature": 21.4}', { qos: 1 })
    .then(() => {
      isAcknowledged = true;
    });
  await until(() => gateway.sink.held.length === 1);
  expect(isAcknowledged).toBe(false);
  gateway.sink.isHolding = false;
  gateway.sink.commit();
  await published;
  expect(gateway.sink.readings).toMatchObject([
    {
      tenantId: TENANT,
      deviceId: deviceId(1),
      typeId: "thermometer",
      numbers: [["temperature", 21.4]],
      states: [],
    },
  ]);
});

test.each([0, 1, 2] as const)("a reading arrives once with QoS %i", async (qos) => {
  const client = await gateway.client("boiler");
  await client.publishAsync(`gh/${deviceId(1)}/up/telemetry`, '{"ts": 1, "values": {"temperature": 1}}', {
    qos,
  });
  await client.publishAsync("gh/boiler/up/telemetry", '{"temperature": 21.4}', { qos });
  await until(() => gateway.sink.readings.length > 0);
  expect(gateway.sink.readings).toHaveLength(1);
  expect(gateway.codes()).toEqual(["message.timestamp"]);
});

test("a QoS 2 message that is sent again under its identifier is stored once", async () => {
  const socket = await gateway.raw();
  const { packets } = listenTo(socket);
  socket.write(connectPacket("boiler", "key of boiler"));
  await until(() => packets.length === 1);
  const publish = {
    cmd: "publish",
    topic: "gh/boiler/up/telemetry",
    payload: '{"temperature": 5}',
    qos: 2,
    messageId: 7,
    retain: false,
  };
  socket.write(bytesOf({ ...publish, dup: false }));
  await until(() => packets.length === 2);
  socket.write(bytesOf({ ...publish, dup: true }));
  await until(() => packets.length === 3);
  socket.write(bytesOf({ cmd: "pubrel", messageId: 7 }));
  await until(() => packets.length === 4);
  expect(packets.map(({ cmd }) => cmd)).toEqual(["connack", "pubrec", "pubrec", "pubcomp"]);
  expect(gateway.sink.readings).toHaveLength(1);
});

test("a list stores its good readings and names the bad ones", async () => {
  const client = await gateway.client("meter");
  await client.publishAsync("gh/meter/up/telemetry", '[{"power": 5}, {"power": "much"}, {"power": 6}]', {
    qos: 1,
  });
  expect(gateway.sink.readings.map(({ numbers }) => numbers)).toEqual([[["power", 5]], [["power", 6]]]);
  expect(gateway.refused).toMatchObject([
    {
      code: "message.schema",
      detail: "power",
      deviceId: deviceId(2),
      tenantId: TENANT,
      via: "mqtt",
      address: "127.0.0.1",
    },
  ]);
});

test.each([
  ["not JSON", "hello", "message.malformed"],
  ["NaN", '{"temperature": NaN}', "message.not_finite"],
  ["1e999", '{"temperature": 1e999}', "message.not_finite"],
  ["too hot to be measured", '{"temperature": 1e9}', "message.out_of_range"],
  ["an unknown metric", '{"weight": 1}', "message.schema"],
  ["depth 10,000", `${"[".repeat(10_000)}${"]".repeat(10_000)}`, "message.too_deep"],
  ["a clock in 1970", '{"ts": 0, "temperature": 1}', "message.timestamp"],
  ["a clock in 2100", '{"ts": 4102444800000, "temperature": 1}', "message.timestamp"],
  ["invalid UTF-8", Buffer.from([0x7b, 0xff, 0x7d]), "message.invalid_utf8"],
  ["65,537 bytes", Buffer.alloc(65_537, 32), "message.too_large"],
  ["__proto__", '{"__proto__": {"temperature": 1}}', "message.schema"],
  ["constructor", '{"constructor": 1}', "message.schema"],
])("%s is refused once, acknowledged, and disturbs nobody", async (_, payload, code) => {
  const client = await gateway.client("boiler");
  await client.publishAsync("gh/boiler/up/telemetry", payload, { qos: 1 });
  expect(gateway.codes()).toEqual([code]);
  await client.publishAsync("gh/boiler/up/telemetry", '{"temperature": 1}', { qos: 1 });
  expect(gateway.sink.readings).toHaveLength(1);
});

test.each([
  "gh/meter/up/telemetry",
  `gh/${deviceId(2)}/up/telemetry`,
  "gh/boiler/down/command",
  "gh/boiler/up/telemetry/more",
  "gh//up/telemetry",
  "led/led_garage",
  "temperature/meter",
  "v1/devices/other/telemetry",
  "$SYS/broker/uptime",
  "$share/g/gh/boiler/up/telemetry",
])("publishing to %s ends the connection without an acknowledgement", async (topic) => {
  await expectCut(topic, "message.topic_forbidden");
});

test.each([
  ["9 levels", "a/b/c/d/e/f/g/h/i"],
  ["10 levels", "a/b/c/d/e/f/g/h/i/j"],
  ["21 levels", "a/".repeat(20)],
  ["101 levels", "a/".repeat(100)],
  ["40,000 levels", "/".repeat(40_000)],
  ["257 bytes", "x".repeat(257)],
  ["an own topic of 313 bytes", `gh/boiler/up/${"x".repeat(300)}`],
  ["a control character", "gh/boiler/up/\u0007"],
])("publishing to a topic of %s does too, with the code that says so", async (_, topic) => {
  await expectCut(topic, "message.topic_invalid");
});

async function expectCut(topic: string, code: string): Promise<void> {
  const client = await gateway.client("boiler");
  const closed = new Promise<void>((resolve) => void client.once("close", () => resolve()));
  let isAcknowledged = false;
  client.publish(topic, "1", { qos: 1 }, (error) => {
    isAcknowledged = error === null || error === undefined;
  });
  await closed;
  expect(isAcknowledged).toBe(false);
  expect(gateway.codes()).toEqual([code]);
  expect(gateway.sink.readings).toEqual([]);
}

test("a topic nobody knows is counted and acknowledged", async () => {
  const client = await gateway.client("boiler");
  await client.publishAsync("garden/pump", "on", { qos: 1 });
  expect(gateway.refused).toMatchObject([{ code: "message.topic_unknown", detail: "garden/pump" }]);
});

test.each([
  "#",
  "+",
  "gh/#",
  "gh/+/down/#",
  "gh/meter/down/#",
  "gh/boiler/up/#",
  "$SYS/#",
  "led/#",
  "led/led_garage/set",
  "v1/#",
  "v1/devices/me/telemetry",
  "$share/g/gh/boiler/down/#",
  "site/hall/temperature",
])("a subscription to %s is answered with 0x80", async (filter) => {
  const client = await gateway.client("boiler");
  const suback = await client
    .subscribeAsync([filter, "gh/boiler/down/#"], { qos: 1 })
    .catch((error: unknown) => error);
  expect(suback).toBeInstanceOf(Error);
  expect(gateway.codes()).toEqual(["message.topic_forbidden"]);
});

test("a subscription too deep or too long says so", async () => {
  const client = await gateway.client("boiler");
  const long = await client.subscribeAsync(`a/${"x".repeat(300)}`).catch((error: unknown) => error);
  expect(long).toBeInstanceOf(Error);
  const closed = new Promise<void>((resolve) => void client.once("close", () => resolve()));
  client.subscribe("a/".repeat(20), () => {});
  await closed;
  expect(gateway.codes()).toEqual(["message.topic_invalid", "message.topic_invalid"]);
});

test.each([
  "gh/boiler/down/#",
  "gh/boiler/down/command",
  "gh/boiler/down/+",
  `gh/${deviceId(1)}/down/#`,
  "v1/devices/me/rpc/request/+",
])("a device may subscribe to its own %s", async (filter) => {
  const client = await gateway.client("boiler");
  expect(await client.subscribeAsync(filter, { qos: 1 })).toMatchObject([{ qos: 1 }]);
  await client.unsubscribeAsync(filter);
});

test("33 subscriptions are one too many", async () => {
  const client = await gateway.client("hub");
  for (let i = 0; i < 32; i++) await client.subscribeAsync(`site/${i}`);
  await expect(client.subscribeAsync("site/32")).rejects.toThrow();
  expect(gateway.codes()).toEqual(["limit.reached"]);
});

test("seed 003's light and thermometer are understood under the device's own name", async () => {
  const led = await gateway.client("led_garage");
  await led.publishAsync("led/led_garage", "ON", { qos: 1 });
  const thermometer = await gateway.client("boiler");
  await thermometer.publishAsync("temperature/boiler", "21.5", { qos: 1 });
  expect(gateway.sink.readings).toMatchObject([
    { deviceId: deviceId(4), states: [["on", true]] },
    { deviceId: deviceId(1), numbers: [["temperature", 21.5]] },
  ]);
});

test("a ThingsBoard client sends telemetry and attributes", async () => {
  const client = await gateway.client("box");
  await client.publishAsync("v1/devices/me/telemetry", '{"temperature": 42, "ok": true}', { qos: 1 });
  await client.publishAsync("v1/devices/me/attributes", '{"firmware": "1.2.3"}', { qos: 1 });
  expect(gateway.sink.readings).toMatchObject([
    { numbers: [["temperature", 42]], states: [["ok", true]] },
    { states: [["firmware", "1.2.3"]] },
  ]);
});

test("events and logs go to the device's log, and answers to the command they name", async () => {
  const client = await gateway.client("box");
  await client.publishAsync("gh/box/up/log", "booted", { qos: 1 });
  await client.publishAsync("gh/box/up/event", '{"event": "door", "side": "left"}', { qos: 1 });
  await client.publishAsync("gh/box/up/event", '{"id": "c1", "ok": true}', { qos: 1 });
  expect(gateway.log.map(({ line }) => [line.kind, line.message])).toEqual([
    ["log", "booted"],
    ["event", "door"],
  ]);
  expect(gateway.answered).toEqual([{ deviceId: deviceId(3), id: "c1", ok: true, reason: undefined }]);
});

test("a message on a granted topic reaches the subscribers that were granted it, in its own tenant", async () => {
  const hub = await gateway.client("hub");
  const display = await gateway.client("display");
  const foreign = await gateway.client("foreign");
  const seen = inbox(display);
  const seenAbroad = inbox(foreign);
  await display.subscribeAsync("site/+/temperature", { qos: 1 });
  await foreign.subscribeAsync(["site/#", `${TENANT}/#`, "+/site/#"], { qos: 1 });
  await hub.publishAsync("site/hall/temperature", "21", { qos: 1 });
  await hub.publishAsync("site/hall/humidity", "50", { qos: 1 });
  await hub.publishAsync("site/hall/temperature", "22", { qos: 2 });
  await until(() => seen.length === 2);
  expect(seen).toEqual([
    { topic: "site/hall/temperature", text: "21", qos: 1, retain: false },
    { topic: "site/hall/temperature", text: "22", qos: 1, retain: false },
  ]);
  expect(seenAbroad).toEqual([]);
});

test("telemetry that was read reaches whoever was granted it", async () => {
  const display = await gateway.client("display");
  const seen = inbox(display);
  await display.subscribeAsync("gh/+/up/telemetry");
  const boiler = await gateway.client("boiler");
  await boiler.publishAsync("gh/boiler/up/telemetry", '{"temperature": 1}', { qos: 1, retain: true });
  await until(() => seen.length === 1);
  expect(seen[0]).toMatchObject({ topic: "gh/boiler/up/telemetry", retain: false });
  await display.unsubscribeAsync("gh/+/up/telemetry");
  await boiler.publishAsync("gh/boiler/up/telemetry", '{"temperature": 2}', { qos: 1 });
  expect(seen).toHaveLength(1);
  expect(gateway.sink.readings).toHaveLength(2);
});

test("a retained message greets later subscribers until an empty one removes it", async () => {
  const hub = await gateway.client("hub");
  await hub.publishAsync("site/hall/temperature", "21", { qos: 1, retain: true });
  const display = await gateway.client("display");
  const seen = inbox(display);
  await display.subscribeAsync("site/+/temperature", { qos: 0 });
  await until(() => seen.length === 1);
  expect(seen).toEqual([{ topic: "site/hall/temperature", text: "21", qos: 0, retain: true }]);
  await hub.publishAsync("site/hall/temperature", "", { qos: 1, retain: true });
  const late = await gateway.client("display", { clientId: "late" });
  const seenLate = inbox(late);
  await late.subscribeAsync("site/+/temperature");
  await hub.publishAsync("site/hall/temperature", "now", { qos: 1 });
  await until(() => seenLate.length > 0);
  expect(seenLate.map(({ text }) => text)).toEqual(["now"]);
});

test("a will is sent when its client is lost, not when it leaves", async () => {
  const display = await gateway.client("display");
  const seen = inbox(display);
  await display.subscribeAsync("site/+/temperature", { qos: 1 });
  const will = {
    topic: "site/hub/temperature",
    payload: Buffer.from("lost"),
    qos: 1 as const,
    retain: false,
  };
  const polite = await gateway.client("hub", { clientId: "polite", will });
  await polite.endAsync();
  const lost = await gateway.client("hub", { clientId: "lost", will });
  lost.stream.destroy();
  await until(() => seen.length === 1);
  expect(seen).toMatchObject([{ topic: "site/hub/temperature", text: "lost" }]);
});

test("a will on an own topic is read like any message", async () => {
  const will = {
    topic: "gh/box/up/state",
    payload: Buffer.from('{"online": false}'),
    qos: 1 as const,
    retain: false,
  };
  const client = await gateway.client("box", { will });
  client.stream.destroy();
  await until(() => gateway.sink.readings.length === 1);
  expect(gateway.sink.readings[0]).toMatchObject({ states: [["online", false]] });
});

test("a kept session gets what came while it was away, in order", async () => {
  const options = { clientId: "keeper", clean: false };
  const display = await gateway.client("display", options);
  await display.subscribeAsync("site/+/temperature", { qos: 1 });
  await display.endAsync();
  const hub = await gateway.client("hub");
  for (const text of ["1", "2", "3"]) await hub.publishAsync("site/hall/temperature", text, { qos: 1 });
  const seen: string[] = [];
  const again = await gateway.client("display", { ...options, messages: seen });
  await until(() => seen.length === 3);
  expect(seen).toEqual(["1", "2", "3"]);
  await again.endAsync();
  const third: string[] = [];
  const fresh = await gateway.client("display", { ...options, clean: true, messages: third });
  await fresh.endAsync();
  expect(third).toEqual([]);
});
