import { expect, test } from "vitest";
import { createTestHouse } from "../testing/house.ts";

const kitchen = {
  discoveryId: "bridge/0x00158d",
  name: "Kitchen ☀ sensor",
  metrics: [{ key: "temperature", label: "Temperature", unit: "°C", kind: "number" as const, decimals: 1 }],
};

test("an announced device appears once with its metrics, however often and at once it is announced", async () => {
  await using t = await createTestHouse();
  const { tenantId } = t.actor;
  const ids = await Promise.all(
    [1, 2, 3, 4].map((n) =>
      t.house.discovery.discover(tenantId, {
        ...kitchen,
        metrics: [...kitchen.metrics, { key: `m${n}`, label: `M ${n}`, kind: "boolean" }],
      }),
    ),
  );
  expect(new Set(ids).size).toBe(1);
  const device = await t.house.inventory.get(tenantId, ids[0] as string);
  expect(device).toMatchObject({ name: "Kitchen-sensor", label: "Kitchen ☀ sensor", typeId: "generic" });
  expect(device.metrics.map(({ key }) => key)).toEqual(["m1", "m2", "m3", "m4", "temperature"]);
  const told = t.heardOf("device.changed").length;
  await t.house.discovery.discover(tenantId, kitchen);
  expect(t.heardOf("device.changed")).toHaveLength(told);
});

test("a changed announcement corrects the metric; a taken name gets a mark behind it", async () => {
  await using t = await createTestHouse();
  const { tenantId } = t.actor;
  const id = await t.house.discovery.discover(tenantId, kitchen);
  const [metric] = kitchen.metrics;
  await t.house.discovery.discover(tenantId, {
    ...kitchen,
    metrics: [{ ...metric, key: "temperature", label: "Wärme", kind: "number", unit: "K" }],
  });
  expect((await t.house.inventory.get(tenantId, id)).metrics).toMatchObject([
    { key: "temperature", unit: "K", label: { en: "Wärme" } },
  ]);
  const twin = await t.house.discovery.discover(tenantId, { ...kitchen, discoveryId: "bridge/other" });
  expect((await t.house.inventory.get(tenantId, twin)).name).toMatch(/^Kitchen-sensor-[0-9a-z]{6}$/);
});

test("an announcement in any script or of nonsense becomes a device with a usable name, or is refused", async () => {
  await using t = await createTestHouse();
  const { tenantId } = t.actor;
  const hard = [
    "",
    "温度",
    "../../etc",
    "\0\ud800",
    "00000000-0000-4000-8000-000000000001",
    "a".repeat(5_000),
  ];
  for (const [i, name] of hard.entries()) {
    const id = await t.house.discovery.discover(tenantId, { ...kitchen, discoveryId: `d${i}\0`, name });
    expect((await t.house.inventory.get(tenantId, id)).name).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);
  }
  const bad = { ...kitchen, metrics: [{ key: "no key", label: "x", kind: "number" as const }] };
  await expect(t.house.discovery.discover(tenantId, bad)).rejects.toMatchObject({ code: "message.schema" });
  await expect(t.house.discovery.discover(t.stranger.tenantId, kitchen)).rejects.toMatchObject({
    code: "site.not_found",
  });
});
