import { RESERVED_TOPIC_ROOTS } from "@gatehouse/contract";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { ADAPTERS } from "./adapters/index.ts";
import type { TopicGrant } from "./ports.ts";
import { deviceId, TENANT } from "./testing/database.ts";
import { grant, startGateway, type TestGateway, until } from "./testing/gateway.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
  gateway.settings.acceptDiscovery = false;
  gateway.addDevice("hub", { grants: [grant("site/#"), grant("yard/#")] });
}, 120_000);
afterAll(async () => gateway[Symbol.asyncDispose]());
beforeEach(() => {
  gateway.refused.length = 0;
});
afterEach(() => gateway.dropClients());

let made = 0;
function addGuest(...grants: TopicGrant[]): string {
  const name = `guest-${made++}`;
  gateway.addDevice(name, { grants });
  return name;
}

/** As the devices feature does it: first what is known, then what is said. */
function setGrants(name: string, ...grants: TopicGrant[]): void {
  const device = gateway.devices.get(name);
  if (device === undefined) throw new Error("no such device");
  const identity = { ...device.identity, grants };
  gateway.devices.set(name, { ...device, identity });
  gateway.bus.publish("device.changed", { tenantId: TENANT, deviceId: identity.deviceId, change: "updated" });
}

test("a grant taken away ends the open subscription, and no other", async () => {
  const guest = addGuest(grant("site/#"), grant("yard/#"));
  const seen: string[] = [];
  const client = await gateway.client(guest, { messages: seen });
  await client.subscribeAsync(["site/a", "yard/#", `gh/${guest}/down/#`], { qos: 1 });
  const hub = await gateway.client("hub");
  await hub.publishAsync("site/a", "before", { qos: 1 });
  await until(() => seen.length === 1);
  setGrants(guest, grant("yard/#"));
  await new Promise((resolve) => setImmediate(resolve));
  await hub.publishAsync("site/a", "secret", { qos: 1 });
  await hub.publishAsync("yard/gate", "after", { qos: 1 });
  await until(() => seen.includes("after"));
  expect(seen).toEqual(["before", "after"]);
  const again = await client.subscribeAsync("site/a").catch(() => "refused");
  expect(again).toBe("refused");
});

test("publishing on a topic ends with its grant, and is counted", async () => {
  const guest = addGuest(grant("site/#"));
  const seen: string[] = [];
  const hub = await gateway.client("hub", { messages: seen });
  await hub.subscribeAsync("site/#", { qos: 1 });
  const client = await gateway.client(guest);
  await client.publishAsync("site/a", "before", { qos: 1 });
  await until(() => seen.length === 1);
  setGrants(guest);
  await new Promise((resolve) => setImmediate(resolve));
  await client.publishAsync("site/a", "after", { qos: 1 });
  expect(gateway.refused).toMatchObject([{ code: "message.topic_unknown", detail: "site/a" }]);
  await hub.publishAsync("site/end", "end", { qos: 1 });
  await until(() => seen.includes("end"));
  expect(seen).toEqual(["before", "end"]);
});

test("a right is only the one that was granted", async () => {
  const guest = addGuest({ pattern: "site/in", publish: false, subscribe: true });
  const client = await gateway.client(guest);
  await client.subscribeAsync("site/in");
  await client.publishAsync("site/in", "1", { qos: 1 });
  expect(gateway.codes()).toEqual(["message.topic_unknown"]);
  setGrants(guest, { pattern: "site/in", publish: true, subscribe: false });
  await new Promise((resolve) => setImmediate(resolve));
  await client.publishAsync("site/in", "1", { qos: 1 });
  expect(gateway.codes()).toEqual(["message.topic_unknown"]);
  expect(await client.subscribeAsync("site/in").catch(() => "refused")).toBe("refused");
});

test("nothing is queued for a client that is away while the grant is gone, though it comes back", async () => {
  const guest = addGuest(grant("site/#"));
  const options = { clientId: "away", clean: false };
  const client = await gateway.client(guest, options);
  await client.subscribeAsync("site/#", { qos: 1 });
  await client.endAsync();
  const hub = await gateway.client("hub");
  setGrants(guest);
  await new Promise((resolve) => setImmediate(resolve));
  await hub.publishAsync("site/a", "secret", { qos: 1 });
  setGrants(guest, grant("site/#"));
  const seen: string[] = [];
  const back = await gateway.client(guest, { ...options, messages: seen });
  await back.subscribeAsync("site/#", { qos: 1 });
  await hub.publishAsync("site/a", "allowed", { qos: 1 });
  await until(() => seen.length > 0);
  expect(seen).toEqual(["allowed"]);
});

test("what was queued before the grant went is not handed out", async () => {
  const guest = addGuest(grant("site/#"), grant("yard/#"));
  const options = { clientId: "queued", clean: false };
  const client = await gateway.client(guest, options);
  await client.subscribeAsync(["site/#", "yard/#"], { qos: 1 });
  await client.endAsync();
  const hub = await gateway.client("hub");
  await hub.publishAsync("site/a", "secret", { qos: 1 });
  await hub.publishAsync("yard/a", "allowed", { qos: 1 });
  setGrants(guest, grant("yard/#"));
  const seen: string[] = [];
  await gateway.client(guest, { ...options, messages: seen });
  await until(() => seen.length > 0);
  expect(seen).toEqual(["allowed"]);
});

test("a grant that goes between the log-in and its end does not outlive it", async () => {
  const guest = addGuest(grant("site/#"));
  gateway.afterIdentified = () => setGrants(guest);
  const client = await gateway.client(guest, { clean: false, clientId: "racer" });
  gateway.afterIdentified = undefined;
  await client.publishAsync("site/a", "1", { qos: 1 });
  expect(gateway.codes()).toEqual(["message.topic_unknown"]);
  expect(await client.subscribeAsync("site/a").catch(() => "refused")).toBe("refused");
});

test("where discovery is on, a topic taken away shows a client only its own messages from then on", async () => {
  const guest = addGuest(grant("site/#"));
  const device = gateway.devices.get(guest);
  if (device !== undefined)
    gateway.devices.set(guest, { ...device, identity: { ...device.identity, discovery: true } });
  const seen: string[] = [];
  const client = await gateway.client(guest, { messages: seen });
  await client.subscribeAsync(["site/#", `gh/${guest}/down/#`], { qos: 1 });
  setGrants(guest, grant("yard/#"));
  await new Promise((resolve) => setImmediate(resolve));
  const hub = await gateway.client("hub");
  await client.subscribeAsync("yard/#", { qos: 1 });
  await hub.publishAsync("site/a", "secret", { qos: 1 });
  await hub.publishAsync("yard/a", "allowed", { qos: 1 });
  await until(() => seen.includes("allowed"));
  expect(seen).toEqual(["allowed"]);
});

test("every dialect keeps to the spaces where nothing is granted", () => {
  const device = { tenantId: TENANT, deviceId: deviceId(1), name: "boiler", typeId: "generic" };
  for (const adapter of ADAPTERS) {
    const topics = [...adapter.publishes(device).map(([topic]) => topic), ...adapter.subscribes(device)];
    for (const topic of topics) expect(RESERVED_TOPIC_ROOTS).toContain(topic.split("/")[0]);
  }
  for (const root of RESERVED_TOPIC_ROOTS)
    expect(ADAPTERS.some((adapter) => adapter.owns(`${root}/x`))).toBe(true);
});
