import { createArming } from "../features/camera-events/arming/index.ts";
import {
  type CameraEventsFeature,
  type CameraEventTables,
  createCameraEvents,
  type SearchPorts,
} from "../features/camera-events/index.ts";
import type { CamerasFeature } from "../features/cameras/index.ts";
import type { DetectorsFeature } from "../features/detectors/index.ts";
import type { DevicesFeature } from "../features/devices/index.ts";
import type { RecordingsFeature } from "../features/recordings/index.ts";
import type { AuditTrail } from "../platform/audit/index.ts";
import type { createDatabase } from "../platform/database/index.ts";
import type { Feature } from "../platform/feature.ts";
import type { House } from "./house.ts";

interface Shared {
  readonly db: ReturnType<typeof createDatabase<CameraEventTables>>;
  readonly audit: AuditTrail;
}

interface Neighbours {
  readonly cameras: CamerasFeature;
  readonly detectors: DetectorsFeature;
  readonly devices: DevicesFeature;
  readonly recordings: RecordingsFeature;
  readonly cases: () => SearchPorts["cases"];
  readonly mornings: SearchPorts["mornings"];
  /** In the device's live session. */
  sendControl(deviceId: string, payload: Uint8Array): boolean;
}

/** The switches of sites that cameras can follow. */
export const armingOf = ({ clock }: House, shared: Shared & { readonly audit: AuditTrail }): Feature =>
  createArming({ ...shared, clock });

/** What happens before cameras. */
export function cameraEventsOf(
  { bus, clock, controls, log, random }: House,
  { db, audit }: Shared,
  { cameras, cases, mornings, detectors, devices, recordings, sendControl }: Neighbours,
): CameraEventsFeature {
  return createCameraEvents({
    ...{ db, audit, bus, clock, controls, detectors, log, random },
    frames: cameras.frames,
    cameras: {
      find: (cameraId) => cameras.find(cameraId),
      settingsOf: (cameraId) => cameras.settingsOf(cameraId),
      async timeZoneOf(tenantId, siteId) {
        const sites = await devices.listSites(tenantId);
        return sites.find(({ id }) => id === siteId)?.timeZone ?? "UTC";
      },
      within: (scope, siteId) =>
        siteId === undefined && scope.reach === "all"
          ? "all"
          : devices
              .idsWithin(scope)
              .filter((id) => siteId === undefined || devices.findDevice(id)?.siteId === siteId),
    },
    pins: recordings.pins,
    recorded: recordings,
    search: {
      cases: {
        eventIdsOf: (...asked) => cases().eventIdsOf(...asked),
        eventIdsAt: (...asked) => cases().eventIdsAt(...asked),
        casesOf: (...asked) => cases().casesOf(...asked),
      },
      mornings,
      named: (scope, siteId) =>
        devices.idsWithin(scope).flatMap((id) => {
          const camera = cameras.find(id);
          if (camera === undefined || (siteId !== undefined && camera.siteId !== siteId)) return [];
          return [{ id, siteId: camera.siteId, name: camera.name, title: camera.label || camera.name }];
        }),
      sites: (tenantId) => devices.listSites(tenantId),
    },
    line: { send: (cameraId, word) => sendControl(cameraId, Buffer.from(JSON.stringify(word))) },
    clips: recordings.agentClips,
  });
}
