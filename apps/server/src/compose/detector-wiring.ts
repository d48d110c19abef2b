import type { Uuid } from "@gatehouse/base";
import type { CamerasFeature } from "../features/cameras/index.ts";
import { createDetectors, type DetectorsFeature, type DetectorTables } from "../features/detectors/index.ts";
import type { DevicesFeature } from "../features/devices/index.ts";
import type { AuditTrail } from "../platform/audit/index.ts";
import type { createDatabase } from "../platform/database/index.ts";
import type { House } from "./house.ts";

interface Shared {
  readonly db: ReturnType<typeof createDatabase<DetectorTables>>;
  readonly audit: AuditTrail;
}

/** What cameras can look for people with. */
export function detectorsOf(
  { clock, log, masterKey, random }: House,
  { db, audit }: Shared,
  {
    cameras,
    devices,
  }: {
    readonly cameras: () => Pick<CamerasFeature, "find" | "settingsOf">;
    readonly devices: DevicesFeature;
  },
): DetectorsFeature {
  const useOf = (id: Uuid) => {
    const camera = cameras().find(id);
    const settings = cameras().settingsOf(id);
    if (camera === undefined || settings === undefined) return [];
    return [
      {
        id,
        name: camera.label || camera.name,
        detector: settings.detection.detector,
        isLooking: settings.detection.enabled,
      },
    ];
  };
  return createDetectors({
    ...{ db, audit, clock, log, masterKey, random },
    camerasInUse: (scope) => devices.idsWithin(scope).flatMap(useOf),
  });
}
