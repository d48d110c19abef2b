import { silentLogger, systemClock } from "@gatehouse/base";
import { expect, test } from "vitest";
import { createBus } from "../../platform/bus/bus.ts";
import { Attendance } from "./attendance.ts";

test("a device that is connected in two ways has gone when the second one ends", () => {
  const bus = createBus(silentLogger);
  const said: string[] = [];
  bus.subscribe("device.connected", ({ via }) => said.push(`+${via}`));
  bus.subscribe("device.disconnected", ({ via, reason }) => said.push(`-${via} ${reason}`));
  const attendance = new Attendance({ bus, clock: systemClock });
  const device = { tenantId: "t", deviceId: "d" };
  attendance.arrived(device, { via: "mqtt", address: "::1" });
  attendance.arrived(device, { via: "wss", address: "::1" });
  attendance.left(device, { via: "mqtt", reason: "closed" });
  expect(said).toEqual(["+mqtt"]);
  attendance.left(device, { via: "wss", reason: "network" });
  expect(said).toEqual(["+mqtt", "-wss network"]);
});
