import { findDeviceType } from "@gatehouse/device-types";
import { SCENES } from "@gatehouse/scenes";
import { expect, test } from "vitest";
import { DEMO_SITES } from "./site-plan.ts";

const devices = DEMO_SITES.flatMap((site) => site.devices);

test("the demo site has 54 devices with different names, of types that exist", () => {
  expect(devices).toHaveLength(54);
  expect(new Set(devices.map((device) => device.name)).size).toBe(54);
  expect(devices.filter((device) => findDeviceType(device.typeId) === undefined)).toEqual([]);
});

test("every transport is shown at least once", () => {
  expect(new Set(devices.map((device) => device.transport))).toEqual(
    new Set(["mqtt", "mqtts", "ws", "http"]),
  );
});

test("each drawn scene has its camera, and pictures come from devices that have a camera", () => {
  const withScene = devices.filter(({ scene }) => scene !== undefined);
  expect(withScene.map(({ scene }) => scene).toSorted()).toEqual([...SCENES].toSorted());
  expect(withScene.map(({ typeId }) => findDeviceType(typeId)?.camera)).toEqual(withScene.map(() => true));
});
