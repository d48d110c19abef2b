import { createHandOver } from "../features/camera-events/hand-over/index.ts";
import type { CameraEventsFeature } from "../features/camera-events/index.ts";
import type { CamerasFeature } from "../features/cameras/index.ts";
import type { DevicesFeature } from "../features/devices/index.ts";
import type { Feature } from "../platform/feature.ts";
import type { House } from "./house.ts";

/** The door for detectors of other people. */
export const handOverOf = (
  { clock, log }: Pick<House, "clock" | "log">,
  {
    cameras,
    devices,
    events,
  }: {
    readonly cameras: CamerasFeature;
    readonly devices: DevicesFeature;
    readonly events: CameraEventsFeature;
  },
): Feature =>
  createHandOver({
    clock,
    log,
    events,
    cameras: {
      find: (cameraId) => cameras.find(cameraId),
      async timeZoneOf(tenantId, siteId) {
        const sites = await devices.listSites(tenantId);
        return sites.find(({ id }) => id === siteId)?.timeZone ?? "UTC";
      },
    },
  });
