import { expect, test, vi } from "vitest";
import { createTestHouse, type TestHouse } from "../testing/house.ts";

const reading = (t: TestHouse, deviceId: string) => ({
  tenantId: t.actor.tenantId,
  deviceId,
  typeId: "thermometer",
  tsMs: t.clock.nowMs(),
  receivedMs: t.clock.nowMs(),
  numbers: [["temperature", 20]] as const,
  states: [],
});
const statuses = (t: TestHouse) => t.heardOf("device.status").map(({ status }) => status);

test("the status is told on the bus when it changes and only then", async () => {
  await using t = await createTestHouse();
  const { device } = await t.addDevice("t-1", { intervalMs: 10_000 });
  for (let i = 0; i < 5; i++) {
    t.bus.publish("readings.stored", { readings: [reading(t, device.id)] });
    t.clock.advance(10_000);
  }
  expect(statuses(t)).toEqual(["online"]);
  t.clock.advance(25_000);
  expect(statuses(t)).toEqual(["online", "stale"]);
  t.clock.advance(600_000);
  expect(statuses(t)).toEqual(["online", "stale", "offline"]);
  t.bus.publish("readings.stored", { readings: [reading(t, device.id)] });
  expect(statuses(t).at(-1)).toBe("online");
});

test("a device with an open connection goes offline when the connection closes", async () => {
  await using t = await createTestHouse();
  const { tenantId } = t.actor;
  const { device } = await t.addDevice("t-1", { intervalMs: 1_000 });
  const from = { tenantId, deviceId: device.id, via: "mqtt", address: "192.0.2.7", atMs: t.clock.nowMs() };
  t.bus.publish("device.connected", from);
  t.clock.advance(3_600_000);
  expect(statuses(t)).toEqual(["online", "stale"]);
  t.bus.publish("device.disconnected", { ...from, reason: "gone" });
  expect(statuses(t)).toEqual(["online", "stale", "offline"]);
  expect(await t.house.inventory.get(tenantId, device.id)).toMatchObject({
    status: "offline",
    via: "mqtt",
    address: "192.0.2.7",
  });
});

test("counts follow every change", async () => {
  await using t = await createTestHouse();
  const { device } = await t.addDevice("t-1");
  const second = await t.addDevice("t-2");
  t.bus.publish("readings.stored", { readings: [reading(t, device.id)] });
  expect(t.house.presence.counts(t.actor.tenantId)).toMatchObject({ online: 1, never: 1 });
  await t.house.revocation.revoke(t.actor, device.id);
  await t.house.inventory.delete(t.actor, second.device.id);
  expect(t.house.presence.counts(t.actor.tenantId)).toEqual({
    never: 0,
    online: 0,
    stale: 0,
    offline: 0,
    revoked: 1,
  });
});

test("a restart remembers, and does not make a silent fleet of one that was online", async () => {
  await using t = await createTestHouse();
  const online = (await t.addDevice("t-1", { intervalMs: 10_000 })).device.id;
  const gone = (await t.addDevice("t-2", { intervalMs: 10_000 })).device.id;
  t.bus.publish("readings.stored", { readings: [reading(t, gone)] });
  t.clock.advance(700_000);
  t.bus.publish("readings.stored", { readings: [reading(t, online)] });
  const seenMs = t.clock.nowMs();
  const told = statuses(t).length;
  t.clock.advance(1_000);
  await t.house.stop();
  t.clock.advance(3_600_000);
  const house = await t.restart();
  expect(statuses(t).slice(told)).toEqual([]);
  expect(house.presence.find(online)).toMatchObject({ status: "online", lastSeenMs: seenMs });
  expect(house.presence.find(gone)?.status).toBe("offline");
});

test("what was seen is written within five seconds, a status within two", async () => {
  await using t = await createTestHouse();
  const { device } = await t.addDevice("t-1", { intervalMs: 60_000 });
  const row = async () =>
    t.database.db
      .selectFrom("device_presence")
      .select(["status", "last_seen"])
      .where("device_id", "=", device.id)
      .executeTakeFirstOrThrow();
  t.bus.publish("readings.stored", { readings: [reading(t, device.id)] });
  t.clock.advance(2_000);
  await expect.poll(async () => (await row()).status).toBe("online");
  t.bus.publish("readings.stored", { readings: [reading(t, device.id)] });
  const seenMs = t.clock.nowMs();
  t.clock.advance(5_000);
  await expect.poll(async () => (await row()).last_seen?.getTime()).toBe(seenMs);
});

test("a device that keeps talking is told to be online once, and looked at once an interval", async () => {
  await using t = await createTestHouse();
  const { device } = await t.addDevice("t-1", { intervalMs: 20_000 });
  const nowMs = t.clock.nowMs();
  const look = vi.spyOn(t.clock, "nowMs");
  for (let i = 0; i < 600; i++) {
    t.house.presence.heard(device.id, nowMs + i);
    t.house.presence.tick();
  }
  expect(statuses(t)).toEqual(["online"]);
  // Once a tick for the wheel and once for the change, never once a message.
  expect(look.mock.calls.length).toBeLessThan(610);
});
