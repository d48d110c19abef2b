import { randomUUID } from "node:crypto";
import { access } from "@gatehouse/contract";
import pg from "pg";
import { expect, test, vi } from "vitest";
import { createTestHouse, type TestHouse } from "../testing/house.ts";
import type { DeviceQuery } from "./inventory-service.ts";

// Before any connection is made: each keeps the function that it finds.
const query = vi.spyOn(pg.Client.prototype, "query");

const list = async (t: TestHouse, asked: Partial<DeviceQuery> = {}) => {
  const all: DeviceQuery = { sort: "name", offset: 0, limit: 100, ...asked };
  return t.house.inventory.list(access.wholeTenant(t.actor.tenantId), all);
};
const names = async (t: TestHouse, asked: Partial<DeviceQuery> = {}) =>
  (await list(t, asked)).items.map(({ name }) => name);

test("search finds name, label, site, tag and last address, without case and accents, all words", async () => {
  await using t = await createTestHouse();
  const { tenantId } = t.actor;
  const garden = await t.house.sites.create(tenantId, { name: "Jardín d’Été", timeZone: "UTC" });
  const { device } = await t.addDevice("boiler", { label: "Küche, links" });
  await t.addDevice("pump", { siteId: garden.id, tags: ["Wasser"] });
  const from = { tenantId, deviceId: device.id, via: "mqtt", address: "10.9.8.7", atMs: t.clock.nowMs() };
  t.bus.publish("device.connected", from);
  await t.house.presence.flush();
  const cases: [string, string[]][] = [
    ["BOIL", ["boiler"]],
    ["kuche", ["boiler"]],
    ["KÜCHE", ["boiler"]],
    ["jardin", ["pump"]],
    ["ete pum", ["pump"]],
    ["wass", ["pump"]],
    ["10.9.8", ["boiler"]],
    ["pump boiler", []],
    ["  ", ["boiler", "pump"]],
    ["%", []],
    ["_", []],
    ["\\", []],
    ["'", []],
  ];
  for (const [q, found] of cases) expect([q, await names(t, { q })]).toEqual([q, found]);
});

test("numbers in names are in the order of numbers", async () => {
  await using t = await createTestHouse();
  for (const name of ["meter-10", "Meter-2", "meter-1", "boiler-02"]) await t.addDevice(name);
  expect(await names(t, { sort: "name" })).toEqual(["boiler-02", "meter-1", "Meter-2", "meter-10"]);
  expect(await names(t, { sort: "-name" })).toEqual(["meter-10", "Meter-2", "meter-1", "boiler-02"]);
});

test("filters combine, and another tenant sees nothing", async () => {
  await using t = await createTestHouse();
  const attic = await t.house.sites.create(t.actor.tenantId, { name: "Attic", timeZone: "UTC" });
  const { device } = await t.addDevice("a", { tags: ["x", "y"] });
  await t.addDevice("b", { tags: ["x"], typeId: "led", siteId: attic.id });
  t.house.presence.heard(device.id, t.clock.nowMs());
  expect(await names(t, { tag: "x" })).toEqual(["a", "b"]);
  expect(await names(t, { tag: "x", typeId: "led" })).toEqual(["b"]);
  expect(await names(t, { siteId: attic.id })).toEqual(["b"]);
  expect(await names(t, { status: "online" })).toEqual(["a"]);
  expect(await names(t, { sort: "status" })).toEqual(["b", "a"]);
  expect(await t.house.inventory.facets(access.wholeTenant(t.actor.tenantId), undefined)).toEqual({
    total: 2,
    quarantined: 0,
    status: { online: 1, never: 1 },
    type: { thermometer: 1, led: 1 },
    tags: [
      { tag: "x", count: 2 },
      { tag: "y", count: 1 },
    ],
  });
  const { tenantId } = t.stranger;
  const nothing = await t.house.inventory.list(access.wholeTenant(tenantId), {
    sort: "name",
    offset: 0,
    limit: 9,
  });
  expect(nothing).toEqual({ items: [], total: 0 });
  await expect(t.house.inventory.get(tenantId, device.id)).rejects.toMatchObject({
    code: "device.not_found",
  });
  await expect(t.house.inventory.delete(t.stranger, device.id)).rejects.toMatchObject({
    code: "device.not_found",
  });
  await expect(t.house.inventory.update(t.stranger, device.id, { name: "b" })).rejects.toMatchObject({
    code: "device.not_found",
  });
});

test("a name is taken in any case, by one of many at once, and free again after a deletion", async () => {
  await using t = await createTestHouse();
  const tries = await Promise.allSettled(["One", "one", "ONE"].map((name) => t.addDevice(name)));
  const made = tries.filter((result) => result.status === "fulfilled");
  expect(made).toHaveLength(1);
  const refused = tries.find((result) => result.status === "rejected");
  expect(refused).toMatchObject({ reason: { code: "device.name_taken" } });
  const { device } = await t.addDevice("two");
  await expect(t.house.inventory.update(t.actor, device.id, { name: "ONE" })).rejects.toMatchObject({
    code: "device.name_taken",
  });
  await t.house.inventory.delete(t.actor, made[0]?.value.device.id ?? "");
  expect((await t.addDevice("one")).device.name).toBe("one");
});

test("unknown type, another tenant's site and a name that looks like an id are refused", async () => {
  await using t = await createTestHouse();
  const foreign = await t.house.sites.create(t.stranger.tenantId, { name: "Hers", timeZone: "UTC" });
  await expect(t.addDevice("x", { typeId: "toaster" })).rejects.toMatchObject({
    code: "device.type_unknown",
  });
  await expect(t.addDevice("x", { siteId: foreign.id })).rejects.toMatchObject({ code: "site.not_found" });
  await expect(t.addDevice(randomUUID())).rejects.toMatchObject({ code: "request.invalid" });
  expect((await list(t)).total).toBe(0);
});

test("a deleted device is gone with everything it had, and its connections end", async () => {
  await using t = await createTestHouse();
  const { device, key } = await t.addDevice("one", { typeId: "led" });
  const { tenantId } = t.actor;
  await t.house.commands.send(t.actor, device.id, { key: "set", params: { on: true } });
  await t.house.logs.append({ tenantId, deviceId: device.id, via: "mqtt", address: "" }, [
    { message: "hello" },
  ]);
  await t.house.inventory.delete(t.actor, device.id);
  expect(t.heardOf("device.credentials_ended").at(-1)).toEqual({ tenantId, deviceId: device.id });
  expect(t.heardOf("device.changed").at(-1)).toMatchObject({ change: "removed" });
  expect(t.house.authenticator.login({ password: key.apiKey })).toHaveProperty("refused");
  await t.house.flush();
  for (const table of [
    "device_credentials",
    "device_claims",
    "device_commands",
    "device_log",
    "device_presence",
  ])
    expect((await t.database.pool.query(`select from ${table}`)).rowCount).toBe(0);
});

async function addMany(t: TestHouse, count: number): Promise<void> {
  const { pool } = t.database;
  await pool.query(
    `insert into devices select gen_random_uuid(), $1, $2, 'bulk-' || n, 'label ' || n, 'thermometer',
      array['floor-' || n % 7], 60000, 'bulk-' || n, null, false,
      timestamptz '2026-01-01' + (n / 100) * interval '1 second', null
      from generate_series(1, $3::int) n`,
    [t.actor.tenantId, t.site.id, count],
  );
  await pool.query("insert into device_presence select id, tenant_id, 'never' from devices");
}

test("paging through equal sort keys neither repeats nor leaves out a device", async () => {
  await using t = await createTestHouse();
  await addMany(t, 1_000);
  for (const sort of ["created", "-created", "lastSeen", "-lastSeen", "type", "status", "name"] as const) {
    const seen: string[] = [];
    for (let offset = 0; offset < 1_000; offset += 300)
      seen.push(...(await list(t, { sort, offset, limit: 300 })).items.map(({ id }) => id));
    expect([sort, new Set(seen).size, seen.length]).toEqual([sort, 1_000, 1_000]);
  }
});

test("a list of 20,000 devices takes the same few queries as one of twenty", async () => {
  await using t = await createTestHouse();
  const lastValues = vi.spyOn(t.deps.lastValues, "lastValues");
  await addMany(t, 20);
  const count = async (run: () => Promise<unknown>): Promise<number> => {
    query.mockClear();
    await run();
    expect(query.mock.calls.length).toBeGreaterThan(0);
    return query.mock.calls.length;
  };
  const work = [
    () => list(t, { limit: 100, q: "bulk" }),
    () => t.house.inventory.facets(access.wholeTenant(t.actor.tenantId), undefined),
    async () =>
      t.house.inventory.fleet(
        access.wholeTenant(t.actor.tenantId),
        await t.house.sites.list(access.wholeTenant(t.actor.tenantId)),
      ),
    () => t.house.inventory.describe({ tenantId: t.actor.tenantId }),
  ];
  const few = [];
  for (const run of work) few.push(await count(run));
  await t.database.pool.query("delete from devices");
  await addMany(t, 20_000);
  const many = [];
  for (const run of work) many.push(await count(run));
  expect(many).toEqual(few);
  expect(Math.max(...many)).toBeLessThanOrEqual(3);
  expect(lastValues).toHaveBeenCalledTimes(2);
  const fleet = await t.house.inventory.fleet(
    access.wholeTenant(t.actor.tenantId),
    await t.house.sites.list(access.wholeTenant(t.actor.tenantId)),
  );
  expect(fleet).toMatchObject({ truncated: true, sites: [{ total: 20_000 }] });
  expect(fleet.sites[0]?.devices).toHaveLength(5_000);
  const house = await t.restart();
  expect(house.presence.counts(t.actor.tenantId).never).toBe(20_000);
});

test("an open type's device gets the metrics it sends, a closed type's keeps its own", async () => {
  await using t = await createTestHouse();
  const { tenantId } = t.actor;
  const { device } = await t.addDevice("thing", { typeId: "generic" });
  const reading = (numbers: [string, number][], states: [string, boolean | string][] = []) => ({
    readings: [{ tenantId, deviceId: device.id, typeId: "generic", tsMs: 0, receivedMs: 0, numbers, states }],
  });
  t.bus.publish("readings.stored", reading([["co2", 400]], [["mode", "auto"]]));
  t.bus.publish("readings.stored", reading([["co2", 401]], [["busy", true]]));
  await t.house.flush();
  const { metrics } = await t.house.inventory.get(tenantId, device.id);
  expect(metrics.map(({ key, kind }) => [key, kind])).toEqual([
    ["busy", "boolean"],
    ["co2", "number"],
    ["mode", "string"],
  ]);
  const many = Array.from({ length: 300 }, (_, i): [string, number] => [`m${i}`, i]);
  t.bus.publish("readings.stored", reading(many));
  await t.house.flush();
  expect((await t.house.inventory.get(tenantId, device.id)).metrics).toHaveLength(256);
  const told = t.heardOf("device.changed").length;
  t.bus.publish("readings.stored", reading([["more", 1]]));
  await t.house.flush();
  expect(t.heardOf("device.changed")).toHaveLength(told);
});
