import type { access } from "@gatehouse/contract";
import { expect, it } from "vitest";
import { maysAt, maysAtSomeSite, maysEverywhere, maysSomewhere } from "./rights.ts";

const RIGHTS: access.AccessView = {
  "site.read": "all",
  "device.write": { sites: ["north"], devices: [] },
  "device.command": { sites: [], devices: ["plug"] },
};

it("tells what may be done somewhere, at a site, everywhere", () => {
  const told = (["site.read", "device.write", "device.command", "lab.run"] as const).map((permission) => [
    maysSomewhere(RIGHTS, permission),
    maysAtSomeSite(RIGHTS, permission),
    maysEverywhere(RIGHTS, permission),
  ]);
  expect(told).toEqual([
    [true, true, true],
    [true, true, false],
    [true, false, false],
    [false, false, false],
  ]);
});

it("tells what may be done at a place: by the whole, by its site or by the device itself", () => {
  const place = { siteId: "south", deviceId: "plug" };
  expect(maysAt(RIGHTS, "site.read", place)).toBe(true);
  expect(maysAt(RIGHTS, "device.write", place)).toBe(false);
  expect(maysAt(RIGHTS, "device.write", { siteId: "north", deviceId: "other" })).toBe(true);
  expect(maysAt(RIGHTS, "device.command", place)).toBe(true);
  expect(maysAt(RIGHTS, "device.command", { siteId: "south" })).toBe(false);
  expect(maysAt(RIGHTS, "lab.run", place)).toBe(false);
});
