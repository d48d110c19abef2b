import { access } from "@gatehouse/contract";
import { expect, test } from "vitest";
import { createTestHouse, type TestHouse } from "../testing/house.ts";
import { SLOT_MS, sparkOf, startOf } from "./slots.ts";

const refuse = (t: TestHouse, deviceId: string | undefined, code: string, detail?: string) =>
  t.bus.publish("message.refused", {
    ...(deviceId === undefined ? {} : { tenantId: t.actor.tenantId, deviceId }),
    code,
    via: "mqtt",
    address: "192.0.2.1",
    ...(detail === undefined ? {} : { detail }),
    atMs: t.clock.nowMs(),
  });

test("refusals are counted by device and reason over 24 h, and add up over restarts", async () => {
  await using t = await createTestHouse();
  const { tenantId } = t.actor;
  const { device } = await t.addDevice("one");
  const firstMs = t.clock.nowMs();
  for (let i = 0; i < 5; i++) refuse(t, device.id, "message.schema", `value ${i}`);
  refuse(t, device.id, "message.timestamp");
  refuse(t, undefined, "device.credentials_invalid");
  const house = await t.restart();
  t.clock.advance(3_600_000);
  refuse(t, device.id, "message.schema");
  expect(await house.refusals.ofDevice(tenantId, device.id)).toEqual({
    items: [
      { code: "message.schema", via: "mqtt", count: 6, firstMs, lastMs: t.clock.nowMs(), detail: "value 4" },
      { code: "message.timestamp", via: "mqtt", count: 1, firstMs, lastMs: firstMs },
    ],
    refused: 7,
    accepted: 0,
  });
  const day = await house.refusals.last24h(access.wholeTenant(tenantId), true);
  expect(day).toMatchObject({ last24h: 8, byControl: [{ code: "message.schema", count: 6 }, {}, {}] });
  expect(day.spark).toHaveLength(40);
  expect(day.spark.reduce((sum, count) => sum + count, 0)).toBe(8);
  expect(await house.refusals.last24h(access.wholeTenant(t.stranger.tenantId), true)).toMatchObject({
    last24h: 1,
  });
  t.clock.advance(25 * 3_600_000);
  expect(await house.refusals.last24h(access.wholeTenant(tenantId), true)).toMatchObject({ last24h: 0 });
});

test("what anybody could have sent in a device's name stands apart", async () => {
  await using t = await createTestHouse();
  const { device } = await t.addDevice("one");
  refuse(t, device.id, "envelope.time");
  for (let i = 0; i < 3; i++)
    t.bus.publish("message.refused", {
      ...{ tenantId: t.actor.tenantId, deviceId: device.id, code: "envelope.time", via: "mqtt" },
      ...{ address: "192.0.2.9", unproven: true, atMs: t.clock.nowMs() },
    });
  expect(await t.house.refusals.ofDevice(t.actor.tenantId, device.id)).toMatchObject({
    items: [
      { code: "envelope.time", count: 1 },
      { code: "envelope.time", count: 3, unproven: true },
    ],
    refused: 1,
  });
});

test("accepted messages are counted beside them", async () => {
  await using t = await createTestHouse();
  const { tenantId } = t.actor;
  const { device } = await t.addDevice("one");
  const reading = {
    tenantId,
    deviceId: device.id,
    typeId: "thermometer",
    tsMs: 0,
    receivedMs: 0,
    numbers: [],
    states: [],
  };
  t.bus.publish("readings.stored", { readings: [reading, reading, reading] });
  expect(await t.house.refusals.ofDevice(tenantId, device.id)).toMatchObject({ accepted: 3, refused: 0 });
});

test("counts that could not be written are written later, with those that came meanwhile", async () => {
  await using t = await createTestHouse();
  const { device } = await t.addDevice("one");
  await t.database.pool.query("alter table device_refusals rename to away");
  refuse(t, device.id, "message.schema");
  await expect(t.house.refusals.flush()).rejects.toThrow(/device_refusals/);
  refuse(t, device.id, "message.schema");
  await t.database.pool.query("alter table away rename to device_refusals");
  expect(await t.house.refusals.ofDevice(t.actor.tenantId, device.id)).toMatchObject({ refused: 2 });
});

test("the spark's forty steps hold the last 120 slots, the newest last", () => {
  const nowMs = startOf(1_772_366_400_000, SLOT_MS);
  const slots = Array.from({ length: 200 }, (_, i) => [nowMs - i * SLOT_MS, 1] as const);
  const spark = sparkOf(slots, nowMs, (a, b) => a + b);
  expect(spark).toEqual(Array(40).fill(3));
  expect(sparkOf([[nowMs, 5]], nowMs + SLOT_MS - 1, Math.max).at(-1)).toBe(5);
});

test("the overview tells who is offline, whose certificate ends, and who has not claimed yet", async () => {
  await using t = await createTestHouse();
  const { tenantId } = t.actor;
  const { device } = await t.addDevice("one", { intervalMs: 1_000 });
  await t.addDevice("two");
  t.house.presence.heard(device.id, t.clock.nowMs());
  await t.house.overview.sample();
  expect(await t.house.overview.read(access.wholeTenant(tenantId))).toMatchObject({
    counts: { total: 2, online: 1, never: 1 },
    offline: [],
    pendingClaims: 1,
  });
  t.clock.advance(700_000);
  const later = await t.house.overview.read(access.wholeTenant(tenantId));
  expect(later).toMatchObject({ offline: [{ deviceId: device.id, name: "one" }], pendingClaims: 0 });
  expect(Math.max(...later.spark)).toBe(1);
});
