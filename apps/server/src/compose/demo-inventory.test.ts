import { expect, it } from "vitest";
import type { DevicesFeature } from "../features/devices/index.ts";
import { demoInventory } from "./wiring.ts";

it("somebody's own device at a demo site is none of the demo's", async () => {
  const known = [
    { id: "boiler", siteId: "demo site", demo: true },
    { id: "own meter", siteId: "demo site", demo: false },
    { id: "elsewhere", siteId: "own site", demo: false },
  ];
  const find = (id: string) => known.find((device) => device.id === id);
  const devices = {
    listDeviceIds: () => known.map(({ id }) => id),
    findDevice: find,
    getDevice: async (_tenantId: string, id: string) => find(id),
  } as unknown as DevicesFeature;
  const listed = await demoInventory(devices).listDevices("tenant", ["demo site"]);
  expect(listed.map(({ id }) => id)).toEqual(["boiler"]);
});
