import { systemRandom } from "@gatehouse/base";
import { freePort } from "@gatehouse/base/testing";
import { until } from "@gatehouse/device-client/testing";
import mqtt, { type MqttClient } from "mqtt";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openStateFolder } from "../state/state-folder.ts";
import { GatewaySite } from "../testing/gateway-site.ts";
import { PacketSizeGate } from "./packet-size-gate.ts";
import { SensorLogins } from "./sensor-logins.ts";

const TOPIC = "gh/meter-0/up/telemetry";

let site: GatewaySite;
let password: string;
const clients: MqttClient[] = [];
beforeEach(async () => {
  site = await GatewaySite.open(2);
  await site.start({ mqttPort: await freePort() });
  await site.assign();
  const state = await openStateFolder(site.agent.stateDir, systemRandom);
  password = await new SensorLogins(state).make("meter-0", systemRandom);
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.end(true);
  await site.end();
});

function connect(username: string, secret: string): Promise<MqttClient> {
  const client = mqtt.connect(`mqtt://127.0.0.1:${site.status.gatewayMqttPort}`, {
    username,
    password: secret,
    reconnectPeriod: 0,
  });
  clients.push(client);
  return new Promise((resolve, reject) => {
    client.on("connect", () => resolve(client));
    client.on("error", reject);
    client.on("close", () => reject(new Error("closed")));
  });
}

const statements = () => site.controls("readings").flatMap(({ items }) => items as object[]);

it("takes a sensor's reading, on disk before the PUBACK, and says it as its own statement", async () => {
  const client = await connect("meter-0", password);
  await client.publishAsync(TOPIC, JSON.stringify({ values: { energy: 12.5 } }), { qos: 1 });
  await until("the statement", () => statements().length === 1);
  expect(statements()[0]).toMatchObject({
    deviceId: site.devices[0]?.deviceId,
    values: { energy: 12.5 },
    ts: expect.any(Number),
  });
});

it("lets nobody in with a wrong password, a device's of another gateway, or a name that has none", async () => {
  await expect(connect("meter-0", "wrong")).rejects.toThrow();
  await expect(connect("meter-1", password)).rejects.toThrow();
  await site.assign([]);
  await expect(connect("meter-0", password)).rejects.toThrow();
});

it.each([
  ["another device's topic", "gh/meter-1/up/telemetry", '{"energy":1}'],
  ["what is no reading", TOPIC, "hello"],
  ["a packet larger than any reading", TOPIC, `{"energy":1${" ".repeat(9_000)}}`],
])("ends the connection on %s", async (_, topic, payload) => {
  const client = await connect("meter-0", password);
  const closed = new Promise((resolve) => client.once("close", () => resolve(undefined)));
  client.publish(topic, payload, { qos: 1 });
  await closed;
  expect(site.status.gatewayQueue).toBe(0);
  expect(statements()).toEqual([]);
});

it("offers nothing to subscribe to, and ends the connection of a device that is assigned elsewhere", async () => {
  const client = await connect("meter-0", password);
  await expect(client.subscribeAsync("#")).rejects.toThrow();
  const other = await connect("meter-0", password);
  const closed = new Promise((resolve) => other.once("close", () => resolve(undefined)));
  await site.assign([]);
  await closed;
});

it("follows packets however the stream is cut", () => {
  const packets = Buffer.concat([
    Buffer.from([0xc0, 0x00]),
    Buffer.from([0x30, 0xc8, 0x01]),
    Buffer.alloc(200),
    Buffer.from([0xc0, 0x00]),
  ]);
  const whole = new PacketSizeGate(200);
  expect(whole.admits(packets)).toBe(true);
  const cut = new PacketSizeGate(200);
  for (const byte of packets) expect(cut.admits(Uint8Array.of(byte))).toBe(true);
  expect(new PacketSizeGate(199).admits(packets)).toBe(false);
  expect(new PacketSizeGate(1e9).admits(Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0xff))).toBe(false);
});
