import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestHouse, type TestHouse } from "../testing/house.ts";

let t: TestHouse;
beforeAll(async () => {
  t = await createTestHouse();
}, 60_000);
afterAll(async () => t[Symbol.asyncDispose]());

const grant = (pattern: string, publish = true, subscribe = true) => ({ pattern, publish, subscribe });
const loginOf = (apiKey: string) => {
  const verdict = t.house.authenticator.login({ password: apiKey });
  return "identity" in verdict ? verdict.identity : undefined;
};

let made = 0;
const addDevice = () => t.addDevice(`d${made++}`);

test("a device begins with its own topics and none that are granted", async () => {
  const { device, key } = await addDevice();
  const topics = await t.house.grants.read(t.actor.tenantId, device.id);
  expect(topics).toMatchObject({ granted: [], revision: 0 });
  expect(topics.own).toContainEqual(grant(`gh/${device.name}/up/telemetry`, true, false));
  expect(topics.own).toContainEqual(grant(`gh/${device.name}/down/command`, false, true));
  expect(loginOf(key.apiKey)?.grants).toEqual([]);
});

test("what is granted is known to the next log-in, sorted, and after a restart", async () => {
  const { device, key } = await addDevice();
  const granted = [grant("house/#", false, true), grant("Bath/state"), grant("bath/+", true, false)];
  const set = await t.house.grants.replace(t.actor, device.id, { granted });
  const sorted = [granted[1], granted[2], granted[0]];
  expect(set).toMatchObject({ granted: sorted, revision: 1 });
  expect(loginOf(key.apiKey)?.grants).toEqual(sorted);
  const again = await t.restart();
  expect(again.directory.find(device.id)?.grants).toEqual(sorted);
});

test("each change is said once and stands in the device's log; the same list again is no change", async () => {
  const { device } = await addDevice();
  const { tenantId } = t.actor;
  const heard = () => t.heardOf("device.changed").filter(({ deviceId }) => deviceId === device.id).length;
  const before = heard();
  await t.house.grants.replace(t.actor, device.id, { granted: [grant("a/b"), grant("c", true, false)] });
  await t.house.grants.replace(t.actor, device.id, { granted: [grant("c", true, false), grant("a/b")] });
  const last = await t.house.grants.replace(t.actor, device.id, { granted: [grant("c", false, true)] });
  expect([heard() - before, last.revision]).toEqual([2, 2]);
  await t.house.flush();
  const { items } = await t.house.logs.list(tenantId, device.id, {
    beforeId: undefined,
    limit: 10,
    kind: "credential",
  });
  expect(items.filter(({ code }) => code === "topics_granted").map(({ data }) => data)).toEqual([
    { removed: ["a/b (publish, subscribe)", "c (publish)"], added: ["c (subscribe)"], by: "Ada" },
    { removed: [], added: ["a/b (publish, subscribe)", "c (publish)"], by: "Ada" },
  ]);
});

test("two people who change the list at once do not overwrite each other unseen", async () => {
  const { device } = await addDevice();
  const { revision } = await t.house.grants.read(t.actor.tenantId, device.id);
  const change = (pattern: string) =>
    t.house.grants.replace(t.actor, device.id, { granted: [grant(pattern)], revision });
  const results = await Promise.allSettled([change("one"), change("two")]);
  const refused = results.filter((result) => result.status === "rejected");
  expect(refused.map(({ reason }) => reason.code)).toEqual(["request.conflict"]);
});

test("another organisation finds neither the device nor its topics", async () => {
  const { device, key } = await addDevice();
  await t.house.grants.replace(t.actor, device.id, { granted: [grant("house/#")] });
  const notFound = { code: "device.not_found" };
  await expect(t.house.grants.read(t.stranger.tenantId, device.id)).rejects.toMatchObject(notFound);
  await expect(t.house.grants.replace(t.stranger, device.id, { granted: [] })).rejects.toMatchObject(
    notFound,
  );
  expect(loginOf(key.apiKey)?.grants).toEqual([grant("house/#")]);
});

test("a deleted device leaves no grant behind", async () => {
  const { device } = await addDevice();
  await t.house.grants.replace(t.actor, device.id, { granted: [grant("house/#")] });
  await t.house.inventory.delete(t.actor, device.id);
  const { rows } = await t.database.pool.query("select 1 from device_grants where device_id = $1", [
    device.id,
  ]);
  expect(rows).toEqual([]);
});

test.each([
  ["$SYS/#", "system"],
  ["$share/group/house/#", "system"],
  ["#", "wildcard_first"],
  ["+/boiler/up/telemetry", "wildcard_first"],
  ["gh", "reserved"],
  ["gh/#", "reserved"],
  ["gh/+/up/telemetry", "reserved"],
  ["led/garage/set", "reserved"],
  ["temperature/boiler", "reserved"],
  ["v1/devices/me/telemetry", "reserved"],
  ["house/#/kitchen", "wildcard"],
  ["house/kit+chen", "wildcard"],
  ["house#", "wildcard"],
  ["a/b/c/d/e/f/g/h/i", "too_deep"],
  ["x".repeat(257), "too_long"],
  ["ü".repeat(129), "too_long"],
  ["", "empty"],
  ["house/\u0000", "characters"],
  ["house/\ud800", "characters"],
  ["house/\ufffd", "characters"],
])("%j is not granted: %s", async (pattern, reason) => {
  const { device } = await addDevice();
  const kept = { granted: [grant("kept")] };
  await t.house.grants.replace(t.actor, device.id, kept);
  const refused = t.house.grants.replace(t.actor, device.id, { granted: [grant("other"), grant(pattern)] });
  await expect(refused).rejects.toMatchObject({
    code: "device.topic_not_grantable",
    fields: { pattern, reason },
  });
  expect(await t.house.grants.read(t.actor.tenantId, device.id)).toMatchObject(kept);
});

test("a pattern stands once in the list and allows something", async () => {
  const { device } = await addDevice();
  const set = (...granted: ReturnType<typeof grant>[]) =>
    t.house.grants.replace(t.actor, device.id, { granted });
  const because = (reason: string) => ({ code: "device.topic_not_grantable", fields: { reason } });
  await expect(set(grant("a"), grant("a", true, false))).rejects.toMatchObject(because("repeated"));
  await expect(set(grant("a", false, false))).rejects.toMatchObject(because("nothing_allowed"));
  expect((await set(grant("a"), grant("A"), grant("homeassistant/#"), grant("/a"))).granted).toHaveLength(4);
});
