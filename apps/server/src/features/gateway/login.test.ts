import { AppError } from "@gatehouse/base";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { deviceId, TENANT } from "./testing/database.ts";
import { closing, grant, inbox, startGateway, type TestGateway, until } from "./testing/gateway.ts";
import { bytesOf, connectPacket, listenTo } from "./testing/packets.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
  gateway.addDevice("boiler");
  gateway.addDevice("meter");
  gateway.addDevice("hub", { grants: [grant("site/#")] });
}, 120_000);
afterAll(async () => gateway[Symbol.asyncDispose]());
beforeEach(() => {
  gateway.sink.readings.length = 0;
  gateway.refused.length = 0;
  gateway.presence.length = 0;
});
afterEach(() => gateway.dropClients());

/** Sends a CONNECT and answers the CONNACK's return code. */
async function connack(packet: Buffer): Promise<number | undefined> {
  const socket = await gateway.raw();
  const { packets, closed } = listenTo(socket);
  socket.write(packet);
  await Promise.race([until(() => packets.length > 0), closed]);
  return (packets[0] as { returnCode?: number } | undefined)?.returnCode;
}

const good = (more: object = {}) => connectPacket("boiler", "key of boiler", more);

/** mqtt-packet does not write this one: an empty client id with clean session 0. */
function keepNobody(): Buffer {
  const packet = good({ clientId: "" });
  packet[9] = (packet[9] as number) & ~2;
  return packet;
}

test("the right credentials are let in with code 0", async () => {
  expect(await connack(good())).toBe(0);
});

test.each([
  ["a wrong password", connectPacket("boiler", "wrong"), 4, "device.credentials_invalid"],
  ["an unknown device", connectPacket("nobody", "key of boiler"), 4, "device.credentials_invalid"],
  ["an endless password", connectPacket("boiler", "x".repeat(60_000)), 4, "device.credentials_invalid"],
  ["an empty client id that wants to be kept", keepNobody(), 2, "message.malformed"],
  ["a client id of 129 bytes", good({ clientId: "x".repeat(129) }), 2, "message.malformed"],
  ["a client id with a line feed", good({ clientId: "a\nb" }), 2, "message.malformed"],
  [
    "a will on another device's topic",
    good({ will: { topic: "gh/meter/up/telemetry", payload: Buffer.from("1"), qos: 0, retain: false } }),
    5,
    "message.topic_forbidden",
  ],
  [
    "a will on a topic nobody knows",
    good({ will: { topic: "garden", payload: Buffer.from("1"), qos: 0, retain: false } }),
    5,
    "message.topic_forbidden",
  ],
])("%s is refused with its code and counted", async (_, packet, code, refusal) => {
  expect(await connack(packet)).toBe(code);
  expect(gateway.codes()).toEqual([refusal]);
  expect(gateway.presence).toEqual([]);
});

test("MQTT 5 is told that its version is not spoken", async () => {
  expect(await connack(good({ protocolVersion: 5 }))).toBe(1);
});

test("an empty client id that keeps nothing is let in, twice", async () => {
  expect(await connack(good({ clientId: "" }))).toBe(0);
  expect(await connack(good({ clientId: "" }))).toBe(0);
  await until(() => gateway.gateway.connectedCount() === 2);
});

test("a revoked device is refused, and a failing directory answers try again", async () => {
  const original = gateway.devices.get("boiler");
  gateway.devices.set("boiler", {
    get identity(): never {
      throw new AppError("device.revoked");
    },
    password: "",
  });
  expect(await connack(good())).toBe(5);
  expect(gateway.codes()).toEqual(["device.revoked"]);
  gateway.devices.set("boiler", {
    get identity(): never {
      throw new Error("database away");
    },
    password: "",
  });
  expect(await connack(good())).toBe(3);
  expect(gateway.codes()).toEqual(["device.revoked", "server.busy"]);
  if (original !== undefined) gateway.devices.set("boiler", original);
});

test("a device that comes again under the same client id takes the session over", async () => {
  const first = await gateway.client("boiler");
  const closed = closing(first);
  await gateway.client("boiler");
  await closed;
  await until(() => gateway.gateway.connectedCount() === 1);
});

test("the same client id of two devices is two sessions", async () => {
  const boiler = await gateway.client("boiler", { clientId: "same" });
  const meter = await gateway.client("meter", { clientId: "same" });
  expect([boiler.connected, meter.connected]).toEqual([true, true]);
  expect(gateway.gateway.connectedCount()).toBe(2);
});

test.each([
  "constructor",
  "__proto__",
  "hasOwnProperty",
  "toString",
  `${TENANT}/${deviceId(2)}/same`,
  "a/b",
  "#",
  "+",
])("the client id %s is a name like any other", async (clientId) => {
  const meter = await gateway.client("meter", { clientId: "same" });
  const client = await gateway.client("boiler", { clientId, clean: false });
  await client.subscribeAsync("gh/boiler/down/#", { qos: 1 });
  await client.publishAsync("gh/boiler/up/telemetry", '{"a": 1}', { qos: 2 });
  expect(meter.connected).toBe(true);
  expect(gateway.sink.readings).toHaveLength(1);
  await client.endAsync();
  await (await gateway.client("boiler", { clientId, clean: true })).endAsync();
});

test("ended credentials end their connections within a second, without a will", async () => {
  const hub = await gateway.client("hub");
  const seen = inbox(hub);
  await hub.subscribeAsync("site/#");
  const will = { topic: "site/lost", payload: Buffer.from("lost"), qos: 0 as const, retain: false };
  const other = await gateway.client("hub", { clientId: "other", will });
  const closed = closing(other);
  const { identity } = gateway.devices.get("hub") ?? {};
  gateway.bus.publish("device.credentials_ended", {
    tenantId: TENANT,
    deviceId: deviceId(3),
    credentialIds: ["somebody else's"],
  });
  expect(other.connected).toBe(true);
  // Hundredths of a second in which this process was not held up.
  let hundredths = 0;
  const ticking = setInterval(() => hundredths++, 10);
  gateway.bus.publish("device.credentials_ended", {
    tenantId: TENANT,
    deviceId: deviceId(3),
    credentialIds: [identity?.credentialId ?? ""],
  });
  await closed;
  clearInterval(ticking);
  expect(hundredths).toBeLessThan(100);
  await until(() => gateway.gateway.connectedCount() === 0);
  expect(seen).toEqual([]);
  expect(gateway.presence).toEqual([`+${deviceId(3)} mqtt`, `-${deviceId(3)} revoked`]);
});

test("a log-in under way when the credentials end is not let in", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const device = gateway.devices.get("boiler");
  if (device === undefined) throw new Error("no boiler");
  gateway.loginGate = promise;
  const answer = connack(good());
  await until(() => gateway.loginsWaiting > 0);
  gateway.bus.publish("device.credentials_ended", { tenantId: TENANT, deviceId: deviceId(1) });
  resolve();
  gateway.loginGate = undefined;
  expect(await answer).toBe(4);
});

test("a deleted device is disconnected and forgotten", async () => {
  const device = gateway.addDevice("short", { grants: [grant("site/#")] });
  const client = await gateway.client("short", { clean: false });
  await client.subscribeAsync("site/#", { qos: 1 });
  await client.publishAsync("site/kept", "1", { qos: 1, retain: true });
  const closed = closing(client);
  const { deviceId: id } = device.identity;
  gateway.bus.publish("device.changed", { tenantId: TENANT, deviceId: id, change: "removed" });
  await closed;
  await until(async () => {
    const left = await gateway.database.db
      .selectFrom("mqtt_state")
      .selectAll()
      .where("device_id", "=", id)
      .execute();
    return left.length === 0;
  });
});

test("a renamed device has the topics of its new name at once, and no longer the old ones", async () => {
  const device = gateway.addDevice("old-name");
  const client = await gateway.client("old-name");
  const identity = { ...device.identity, name: "new-name" };
  gateway.devices.set("old-name", { ...device, identity });
  gateway.bus.publish("device.changed", { tenantId: TENANT, deviceId: identity.deviceId, change: "updated" });
  await until(async () => {
    gateway.refused.length = 0;
    await client.publishAsync(`gh/${identity.deviceId}/up/telemetry`, '{"a": 1}', { qos: 1 });
    const suback = await client.subscribeAsync("gh/new-name/down/#").catch(() => undefined);
    return suback !== undefined;
  });
  await client.publishAsync("gh/new-name/up/telemetry", '{"a": 1}', { qos: 1 });
  const closed = closing(client);
  client.publish("gh/old-name/up/telemetry", '{"a": 1}', { qos: 1 });
  await closed;
});

test("presence is said once for a device with two connections", async () => {
  const one = await gateway.client("boiler", { clientId: "one" });
  const two = await gateway.client("boiler", { clientId: "two" });
  await one.endAsync();
  await until(() => gateway.gateway.connectedCount() === 1);
  expect(gateway.presence).toEqual([`+${deviceId(1)} mqtt`]);
  await two.endAsync();
  await until(() => gateway.presence.length === 2);
  expect(gateway.presence[1]).toMatch(/^-/);
});

test("the 17th connection of one device is refused", async () => {
  for (let i = 0; i < 16; i++) await gateway.client("boiler", { clientId: `c${i}` });
  expect(await connack(good({ clientId: "c16" }))).toBe(3);
  expect(gateway.codes()).toEqual(["limit.reached"]);
});

test("what comes with the CONNECT in one piece is handled after it, UNSUBSCRIBE too", async () => {
  const socket = await gateway.raw();
  const { packets } = listenTo(socket);
  socket.write(
    Buffer.concat([
      good(),
      bytesOf({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic: "gh/boiler/down/#", qos: 1 }] }),
      bytesOf({ cmd: "unsubscribe", messageId: 2, unsubscriptions: ["gh/boiler/down/#"] }),
      bytesOf({
        cmd: "publish",
        topic: "gh/boiler/up/telemetry",
        payload: '{"a":1}',
        qos: 1,
        messageId: 3,
        dup: false,
        retain: false,
      }),
    ]),
  );
  await until(() => packets.length === 4);
  expect(packets.map(({ cmd }) => cmd).sort()).toEqual(["connack", "puback", "suback", "unsuback"]);
  expect(gateway.sink.readings).toHaveLength(1);
});
