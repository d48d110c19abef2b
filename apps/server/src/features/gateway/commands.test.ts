import type { devices } from "@gatehouse/contract";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { deviceId, TENANT } from "./testing/database.ts";
import { inbox, startGateway, type TestGateway, until } from "./testing/gateway.ts";
import { bytesOf, connectPacket, listenTo } from "./testing/packets.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
  gateway.addDevice("lamp", { typeId: "led" });
  gateway.addDevice("boiler");
}, 120_000);
afterAll(async () => gateway[Symbol.asyncDispose]());
beforeEach(() => {
  gateway.pending.clear();
  gateway.delivered.length = 0;
  gateway.answered.length = 0;
  gateway.sink.readings.length = 0;
});
afterEach(() => gateway.dropClients());

const LAMP = deviceId(1);
let sequence = 0;
function queue(params: devices.Command["params"] = { on: true }): devices.Command {
  const command: devices.Command = {
    id: deviceId(500 + sequence++),
    deviceId: LAMP,
    key: "set",
    params,
    state: "queued",
    createdMs: 0,
    expiresMs: 4_000_000_000_000,
    byName: "Ada",
  };
  gateway.pending.set(LAMP, [...(gateway.pending.get(LAMP) ?? []), command]);
  gateway.bus.publish("command.changed", { tenantId: TENANT, command });
  return command;
}

test("a command for a connected device arrives at once and is delivered when the device acknowledges", async () => {
  const client = await gateway.client("lamp");
  const seen = inbox(client);
  await client.subscribeAsync("gh/lamp/down/command", { qos: 1 });
  const command = queue();
  await until(() => gateway.delivered.length === 1);
  expect(gateway.delivered).toEqual([command.id]);
  expect(seen).toMatchObject([{ topic: "gh/lamp/down/command", qos: 1 }]);
  expect(JSON.parse(seen[0]?.text ?? "")).toEqual({
    id: command.id,
    command: "set",
    params: { on: true },
    expires: command.expiresMs,
  });
});

test("a command waits for the device to come and subscribe, by name or by id", async () => {
  const command = queue();
  const client = await gateway.client("lamp");
  const seen = inbox(client);
  await client.subscribeAsync(`gh/${LAMP}/down/#`, { qos: 1 });
  await until(() => gateway.delivered.length === 1);
  expect(seen.map(({ topic }) => topic)).toEqual([`gh/${LAMP}/down/command`]);
  expect(gateway.delivered).toEqual([command.id]);
});

test("a kept session gets its commands when it comes back, each once", async () => {
  const options = { clientId: "kept", clean: false };
  const client = await gateway.client("lamp", options);
  await client.subscribeAsync("gh/lamp/down/#", { qos: 1 });
  await client.endAsync();
  await until(() => gateway.gateway.connectedCount() === 0);
  queue({ on: true });
  queue({ on: false });
  const seen: string[] = [];
  await gateway.client("lamp", { ...options, messages: seen });
  await until(() => gateway.delivered.length === 2);
  expect(seen.map((text) => JSON.parse(text).params.on)).toEqual([true, false]);
  await (await gateway.client("lamp", { ...options, clean: true })).endAsync();
});

test("a command that was not acknowledged is sent again on the next connection", async () => {
  const command = queue();
  const socket = await gateway.raw();
  const { packets } = listenTo(socket);
  socket.write(connectPacket("lamp", "key of lamp"));
  socket.write(
    bytesOf({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic: "gh/lamp/down/#", qos: 1 }] }),
  );
  await until(() => packets.some(({ cmd }) => cmd === "publish"));
  expect(gateway.delivered).toEqual([]);
  socket.destroy();
  await until(() => gateway.gateway.connectedCount() === 0);
  const client = await gateway.client("lamp");
  const seen = inbox(client);
  await client.subscribeAsync("gh/lamp/down/#", { qos: 1 });
  await until(() => gateway.delivered.length === 1);
  expect(JSON.parse(seen[0]?.text ?? "").id).toBe(command.id);
});

test("a QoS 0 subscriber has the command delivered when it is written", async () => {
  const client = await gateway.client("lamp");
  const seen = inbox(client);
  await client.subscribeAsync("gh/lamp/down/#", { qos: 0 });
  queue();
  await until(() => gateway.delivered.length === 1 && seen.length === 1);
  expect(seen[0]?.qos).toBe(0);
});

test("with two connections a command goes to one of them", async () => {
  const one = await gateway.client("lamp", { clientId: "one" });
  const two = await gateway.client("lamp", { clientId: "two" });
  const seen = [inbox(one), inbox(two)];
  for (const client of [one, two]) await client.subscribeAsync("gh/lamp/down/#", { qos: 1 });
  queue();
  await until(() => gateway.delivered.length === 1);
  expect(seen.flat()).toHaveLength(1);
});

test("no other device sees the command", async () => {
  const other = await gateway.client("boiler");
  const seen = inbox(other);
  await other.subscribeAsync("gh/boiler/down/#", { qos: 1 });
  const client = await gateway.client("lamp");
  await client.subscribeAsync("gh/lamp/down/#", { qos: 1 });
  queue();
  await until(() => gateway.delivered.length === 1);
  expect(seen).toEqual([]);
});

test("seed 003's light gets ON and OFF", async () => {
  const client = await gateway.client("lamp");
  const seen = inbox(client);
  await client.subscribeAsync("led/lamp/set", { qos: 1 });
  queue({ on: true });
  await until(() => seen.length === 1);
  queue({ on: false });
  await until(() => seen.length === 2);
  expect(seen.map(({ topic, text }) => [topic, text])).toEqual([
    ["led/lamp/set", "ON"],
    ["led/lamp/set", "OFF"],
  ]);
});

test("a ThingsBoard client answers on the topic of the request, once", async () => {
  const client = await gateway.client("lamp");
  const seen = inbox(client);
  await client.subscribeAsync("v1/devices/me/rpc/request/+", { qos: 1 });
  const command = queue({ on: true });
  await until(() => seen.length === 1);
  expect(JSON.parse(seen[0]?.text ?? "")).toEqual({ method: "set", params: true });
  const answerTopic = (seen[0]?.topic ?? "").replace("request", "response");
  await client.publishAsync(answerTopic, '{"ok": true}', { qos: 1 });
  expect(gateway.answered).toEqual([{ deviceId: LAMP, id: command.id, ok: true, reason: undefined }]);
  const closed = new Promise<void>((resolve) => void client.once("close", () => resolve()));
  client.publish(answerTopic, '{"ok": true}', { qos: 1 });
  await closed;
  expect(gateway.answered).toHaveLength(1);
});
