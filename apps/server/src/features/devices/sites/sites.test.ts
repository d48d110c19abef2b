import { access } from "@gatehouse/contract";
import { expect, test } from "vitest";
import { createTestHouse } from "../testing/house.ts";
import { parseTimeZone } from "./time-zone.ts";

test("a site is added, renamed and deleted; one with devices stays", async () => {
  await using t = await createTestHouse();
  const { tenantId } = t.actor;
  const { device } = await t.addDevice("one");
  t.house.presence.heard(device.id, t.clock.nowMs());
  expect(await t.house.sites.list(access.wholeTenant(tenantId))).toMatchObject([
    { name: "House", deviceCount: 1, onlineCount: 1 },
  ]);
  await expect(t.house.sites.delete(tenantId, t.site.id)).rejects.toMatchObject({ code: "site.not_empty" });
  await t.house.inventory.deleteAllOfSite(t.actor, t.site.id);
  expect(await t.house.sites.update(tenantId, t.site.id, { name: "Barn" })).toMatchObject({ name: "Barn" });
  await t.house.sites.delete(tenantId, t.site.id);
  expect(await t.house.sites.list(access.wholeTenant(tenantId))).toEqual([]);
});

test("a site's name is taken in any case; another tenant has names and sites of its own", async () => {
  await using t = await createTestHouse();
  const { tenantId } = t.actor;
  const add = (name: string, owner = tenantId) => t.house.sites.create(owner, { name, timeZone: "UTC" });
  await expect(add(" HOUSE ")).rejects.toMatchObject({ code: "site.name_taken" });
  await add("Häuser");
  await expect(add("HÄUSER")).rejects.toMatchObject({ code: "site.name_taken" });
  await add("House", t.stranger.tenantId);
  for (const act of [
    () => t.house.sites.update(t.stranger.tenantId, t.site.id, { name: "Mine" }),
    () => t.house.sites.delete(t.stranger.tenantId, t.site.id),
    () => t.house.sites.get(t.stranger.tenantId, t.site.id),
  ])
    await expect(act()).rejects.toMatchObject({ code: "site.not_found" });
});

test("a time zone is kept under its usual name; offsets and nonsense are refused", () => {
  expect(parseTimeZone("europe/paris")).toBe("Europe/Paris");
  expect(parseTimeZone("UTC")).toBe("UTC");
  for (const bad of ["", "+01:00", "Mars/Olympus", "Europe/Paris\0", "../../etc/passwd", "constructor"])
    expect(() => parseTimeZone(bad)).toThrow(/request\.invalid/);
});
