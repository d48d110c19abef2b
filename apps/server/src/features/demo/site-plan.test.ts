import { findDeviceType } from "@gatehouse/device-types";
import { expect, test } from "vitest";
import { DEMO_SITES } from "./site-plan.ts";

const devices = DEMO_SITES.flatMap((site) => site.devices);

test("the demo site has 48 devices with different names, of types that exist", () => {
  expect(devices).toHaveLength(48);
  expect(new Set(devices.map((device) => device.name)).size).toBe(48);
  expect(devices.filter((device) => findDeviceType(device.typeId) === undefined)).toEqual([]);
});

test("every transport is shown at least once", () => {
  expect(new Set(devices.map((device) => device.transport))).toEqual(
    new Set(["mqtt", "mqtts", "ws", "http"]),
  );
});
