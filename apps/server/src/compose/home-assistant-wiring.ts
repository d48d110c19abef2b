import type { devices as contract } from "@gatehouse/contract";
import type { CamerasFeature } from "../features/cameras/index.ts";
import type { DevicesFeature } from "../features/devices/index.ts";
import type { BridgedDevices } from "../features/gateway/index.ts";

/** What Home Assistant is told of: devices, and what is looked for before cameras. */
export const bridgedDevices = (
  devices: DevicesFeature,
  cameras: Pick<CamerasFeature, "settingsOf">,
): BridgedDevices => ({
  watchOf(deviceId) {
    const settings = cameras.settingsOf(deviceId);
    return (
      settings && {
        motion: settings.enabled && settings.motion.enabled,
        people: settings.enabled && settings.detection.enabled,
      }
    );
  },
  list: (tenantId) => devices.findDevices(tenantId, devices.listDeviceIds(tenantId)),
  find: async (tenantId, deviceId) => (await devices.findDevices(tenantId, [deviceId]))[0],
  async sendCommand(tenantId, deviceId, key, params) {
    await devices.sendCommand({ tenantId, name: "Home Assistant" }, deviceId, {
      key,
      params: params as contract.Command["params"],
    });
  },
});
