import type { Socket } from "node:net";
import { AppError } from "@gatehouse/base";
import type { MqttClient } from "mqtt";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { deviceId } from "./testing/database.ts";
import { closing, grant, inbox, startGateway, type TestGateway, until } from "./testing/gateway.ts";
import { bytesOf, connectPacket, listenTo } from "./testing/packets.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
  gateway.addDevice("hub", { grants: [grant("site/#")] });
  gateway.addDevice("display", { grants: [grant("site/#")] });
  gateway.addDevice("sleeper", { grants: [grant("site/#")] });
  gateway.addDevice("boiler");
}, 120_000);
afterAll(async () => gateway[Symbol.asyncDispose]());
beforeEach(() => {
  gateway.sink.readings.length = 0;
  gateway.refused.length = 0;
});
afterEach(async () => {
  gateway.sink.room = Number.POSITIVE_INFINITY;
  gateway.sink.isHolding = false;
  gateway.sink.error = undefined;
  gateway.sink.commit();
  await gateway.dropClients();
});

/** A subscriber that reads nothing after its SUBACK. */
async function sleeper(qos: 0 | 1, clean = true): Promise<Socket> {
  const socket = await gateway.raw();
  const { packets } = listenTo(socket);
  socket.write(connectPacket("sleeper", "key of sleeper", { clean }));
  socket.write(bytesOf({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic: "site/#", qos }] }));
  await until(() => packets.length === 2);
  socket.pause();
  return socket;
}

async function flood(hub: MqttClient, count: number): Promise<void> {
  const payload = Buffer.alloc(32_768, 120);
  for (let i = 0; i < count; i++) await hub.publishAsync("site/flood", payload, { qos: 1 });
}

test.each([0, 1] as const)("a QoS %i subscriber that stops reading delays nobody else", async (qos) => {
  const socket = await sleeper(qos);
  const display = await gateway.client("display");
  const seen = inbox(display);
  await display.subscribeAsync("site/#", { qos: 1 });
  const hub = await gateway.client("hub");
  const droppedBefore = gateway.gateway.stats().dropped;
  // Hundredths of a second in which this process was not held up.
  let hundredths = 0;
  const ticking = setInterval(() => hundredths++, 10);
  await flood(hub, 400);
  await until(() => seen.length === 400);
  clearInterval(ticking);
  // The stall this is about lasts 15 s and more; 12 MiB take a fraction of a second.
  expect(hundredths).toBeLessThan(800);
  expect(gateway.gateway.stats().dropped).toBeGreaterThan(droppedBefore);
  if (qos === 0) {
    expect(gateway.gateway.connectedCount()).toBe(3);
  } else {
    await until(() => gateway.gateway.connectedCount() === 2);
  }
  socket.destroy();
});

test("a kept session that was cut off for being slow misses nothing", async () => {
  const socket = await sleeper(1, false);
  const hub = await gateway.client("hub");
  for (let i = 0; i < 25; i++)
    await hub.publishAsync("site/n", Buffer.alloc(32_768, 48 + (i % 10)), { qos: 1 });
  socket.destroy();
  await until(() => gateway.gateway.connectedCount() === 1);
  const seen: string[] = [];
  await gateway.client("sleeper", { clientId: "raw", clean: false, messages: seen });
  await until(() => seen.length === 25);
  expect(seen.map((text) => text[0])).toEqual(Array.from({ length: 25 }, (_, i) => String(i % 10)));
  const done = await gateway.client("sleeper", { clientId: "raw", clean: true });
  await done.endAsync();
});

test("a full store stops the reading of the socket and takes everything later", async () => {
  gateway.sink.isHolding = true;
  gateway.sink.room = 10;
  const client = await gateway.client("boiler");
  const published = Array.from({ length: 500 }, (_, i) =>
    client.publishAsync("gh/boiler/up/telemetry", `{"n": ${i}}`, { qos: 1 }),
  );
  await until(() => gateway.gateway.stats().waiting > 0);
  expect(gateway.sink.held).toHaveLength(10);
  gateway.sink.isHolding = false;
  gateway.sink.room = Number.POSITIVE_INFINITY;
  gateway.sink.commit();
  await Promise.all(published);
  expect(gateway.sink.readings.map(({ numbers }) => numbers[0]?.[1])).toEqual(
    Array.from({ length: 500 }, (_, i) => i),
  );
  expect(gateway.codes()).toEqual([]);
});

test("QoS 0 that finds no room is dropped and counted", async () => {
  gateway.sink.room = 0;
  const client = await gateway.client("boiler");
  await client.publishAsync("gh/boiler/up/telemetry", '{"n": 1}', { qos: 0 });
  await until(() => gateway.codes().length === 1);
  expect(gateway.codes()).toEqual(["server.busy"]);
});

test("a store that fails is not acknowledged: the connection ends and the device can send again", async () => {
  gateway.sink.error = new AppError("database.unavailable");
  const client = await gateway.client("boiler");
  let isAcknowledged = false;
  const closed = closing(client);
  client.publish("gh/boiler/up/telemetry", '{"n": 1}', { qos: 1 }, (error) => {
    isAcknowledged = !error;
  });
  await closed;
  expect(isAcknowledged).toBe(false);
  expect(gateway.codes()).toEqual(["database.unavailable"]);
});

test("what the store refuses for the device's fault is acknowledged and counted", async () => {
  gateway.sink.error = new AppError("message.too_many_metrics");
  const client = await gateway.client("boiler");
  await client.publishAsync("gh/boiler/up/telemetry", '{"n": 1}', { qos: 1 });
  expect(gateway.codes()).toEqual(["message.too_many_metrics"]);
});

test("a client whose message is held is not dropped for its silence", async () => {
  gateway.sink.isHolding = true;
  const socket = await gateway.raw();
  const { packets } = listenTo(socket);
  const publish = { topic: "gh/boiler/up/telemetry", payload: '{"n": 1}', qos: 1, dup: false, retain: false };
  socket.write(connectPacket("boiler", "key of boiler", { keepalive: 1 }));
  socket.write(bytesOf({ cmd: "publish", messageId: 1, ...publish }));
  // Behind a held message no PINGREQ is read: 1.5 s of keep-alive pass twice.
  await new Promise((resolve) => setTimeout(resolve, 3_200));
  gateway.sink.isHolding = false;
  gateway.sink.commit();
  await until(() => packets.length === 2 || socket.destroyed);
  expect(packets.map(({ cmd }) => cmd)).toEqual(["connack", "puback"]);
});

test("a client that is silent for one and a half keep-alives is dropped", async () => {
  const socket = await gateway.raw();
  const { closed } = listenTo(socket);
  socket.write(connectPacket("boiler", "key of boiler", { keepalive: 1 }));
  await closed;
  await until(() => gateway.presence.at(-1) === `-${deviceId(4)} keepalive`);
});

test("a subscription that was refused is neither kept nor queued for", async () => {
  const client = await gateway.client("boiler", { clientId: "sly", clean: false });
  await client.subscribeAsync(["gh/boiler/down/#", "site/#"], { qos: 1 }).catch(() => undefined);
  await client.endAsync();
  const hub = await gateway.client("hub");
  await hub.publishAsync("site/secret", "1", { qos: 1 });
  const rows = await gateway.database.db.selectFrom("mqtt_state").selectAll().execute();
  expect(rows.filter((row) => row.key.includes("sly")).map((row) => row.key)).toEqual([
    expect.stringContaining("gh/boiler/down/#"),
  ]);
});

test("a grant that was taken away ends with the next connection, and so does what it queued", async () => {
  const device = gateway.addDevice("guest", { grants: [grant("site/#")] });
  const options = { clientId: "guest", clean: false };
  const client = await gateway.client("guest", options);
  await client.subscribeAsync("site/#", { qos: 1 });
  await client.endAsync();
  gateway.devices.set("guest", { ...device, identity: { ...device.identity, grants: [] } });
  const seen: string[] = [];
  const again = await gateway.client("guest", { ...options, messages: seen });
  const hub = await gateway.client("hub");
  await hub.publishAsync("site/secret", "1", { qos: 1 });
  await again.publishAsync("gh/guest/up/telemetry", '{"a": 1}', { qos: 1 });
  expect(seen).toEqual([]);
  await until(async () => {
    const rows = await gateway.database.db.selectFrom("mqtt_state").select("key").execute();
    return rows.every(({ key }) => !key.includes("/guest"));
  });
});

test("a queue that is full drops the newest and says so", async () => {
  const options = { clientId: "hoarder", clean: false };
  const display = await gateway.client("display", options);
  await display.subscribeAsync("site/#", { qos: 1 });
  await display.endAsync();
  const hub = await gateway.client("hub");
  const published = Array.from({ length: 1_005 }, (_, i) =>
    hub.publishAsync("site/n", String(i), { qos: 1 }),
  );
  await Promise.all(published);
  expect(gateway.codes()).toEqual(Array(5).fill("limit.reached"));
  const seen: string[] = [];
  await gateway.client("display", { ...options, messages: seen });
  await until(() => seen.length === 1_000);
  expect(seen.at(-1)).toBe("999");
  await (await gateway.client("display", { ...options, clean: true })).endAsync();
});

test("a device keeps eight sessions; a ninth takes the place of the oldest that is away", async () => {
  for (let i = 0; i < 9; i++) {
    const client = await gateway.client("display", { clientId: `s${i}`, clean: false });
    await client.subscribeAsync("site/#", { qos: 1 });
    await client.endAsync();
    await until(() => gateway.gateway.connectedCount() === 0);
  }
  const rows = await gateway.database.db
    .selectFrom("mqtt_state")
    .select("key")
    .where("kind", "=", "subscription")
    .execute();
  const kept = rows.map(({ key }) => /\/(s\d)"/.exec(key)?.[1]).filter((id) => id !== undefined);
  expect(kept.sort()).toEqual(["s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8"]);
});

test("a device that sends faster than allowed is slowed down, not cut off, and loses no acknowledged message", async () => {
  const slow = await startGateway({ database: gateway.database, mqtt: { maxMessagesPerSecond: 20 } });
  try {
    slow.addDevice("boiler");
    const client = await slow.client("boiler");
    const beganMs = performance.now();
    await Promise.all(
      Array.from({ length: 120 }, () =>
        client.publishAsync("gh/boiler/up/telemetry", '{"n": 1}', { qos: 1 }),
      ),
    );
    expect(slow.sink.readings).toHaveLength(120);
    expect(performance.now() - beganMs).toBeGreaterThan(700);
    expect(new Set(slow.codes())).toEqual(new Set(["message.rate_limited"]));
    slow.refused.length = 0;
    await until(() => {
      for (let i = 0; i < 50; i++) client.publish("gh/boiler/up/telemetry", '{"n": 1}', { qos: 0 });
      return slow.codes().length > 10;
    });
  } finally {
    await slow.stop();
  }
});

test("places are limited and given back", async () => {
  const small = await startGateway({ database: gateway.database, mqtt: { maxConnections: 2 } });
  try {
    small.addDevice("boiler");
    const one = await small.client("boiler", { clientId: "1" });
    await small.client("boiler", { clientId: "2" });
    await expect(small.client("boiler", { clientId: "3" })).rejects.toThrow();
    expect(small.codes()).toEqual(["request.rate_limited"]);
    await one.endAsync();
    await until(() =>
      small.client("boiler", { clientId: "4" }).then(
        () => true,
        () => false,
      ),
    );
  } finally {
    await small.stop();
  }
});

test("stopping finishes what was taken, also on a machine that stands still for a while, and publishes no will", async () => {
  const stopping = await startGateway({ database: gateway.database });
  stopping.addDevice("boiler");
  stopping.addDevice("hub", { grants: [grant("site/#")] });
  const will = { topic: "site/will", payload: Buffer.from("lost"), qos: 1 as const, retain: true };
  await stopping.client("hub", { will });
  const client = await stopping.client("boiler");
  stopping.sink.isHolding = true;
  const published = client.publishAsync("gh/boiler/up/telemetry", '{"n": 1}', { qos: 1 });
  await until(() => stopping.sink.held.length === 1);
  setTimeout(() => stopping.sink.commit(), 200);
  setTimeout(() => {
    const untilMs = performance.now() + 3_100;
    while (performance.now() < untilMs);
  }, 15);
  await stopping.gateway.stop?.();
  await published;
  expect(stopping.sink.readings).toHaveLength(1);
  const rows = await gateway.database.db.selectFrom("mqtt_state").select(["kind", "key"]).execute();
  expect(rows.filter(({ kind, key }) => kind === "will" || key.includes("site/will"))).toEqual([]);
});

test("a port that is taken, and plain MQTT on the network, are refused with the setting's name", async () => {
  await expect(
    startGateway({ database: gateway.database, mqtt: { port: gateway.port } }),
  ).rejects.toMatchObject({
    code: "config.invalid",
    fields: { key: "mqtt.port", reason: "Another program already listens on this port." },
  });
  await expect(startGateway({ database: gateway.database, mqtt: { host: "0.0.0.0" } })).rejects.toMatchObject(
    {
      code: "config.invalid",
      fields: { key: "mqtt.host" },
    },
  );
});
