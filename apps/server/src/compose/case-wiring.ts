import { aroundOf, type CameraEventsFeature } from "../features/camera-events/index.ts";
import type { CamerasFeature } from "../features/cameras/index.ts";
import { type CasesFeature, type CaseTables, createCases } from "../features/cases/index.ts";
import type { DevicesFeature } from "../features/devices/index.ts";
import type { RecordingsFeature } from "../features/recordings/index.ts";
import type { Sharers, SharesFeature } from "../features/recordings/shares/index.ts";
import type { AuditTrail } from "../platform/audit/index.ts";
import type { createDatabase } from "../platform/database/index.ts";
import { deriveKey } from "../platform/secrets/index.ts";
import type { House } from "./house.ts";
import type { CasesOf } from "./verdict-wiring.ts";

interface Shared {
  readonly db: ReturnType<typeof createDatabase<CaseTables>>;
  readonly audit: AuditTrail;
}

interface Neighbours {
  readonly cameras: CamerasFeature;
  readonly devices: DevicesFeature;
  readonly events: CameraEventsFeature;
  readonly recordings: RecordingsFeature;
  readonly sharers: Sharers;
  readonly shares: SharesFeature;
}

/** What people collect about something that happened. */
export function casesOf(
  { clock, config, log, masterKey, random }: House,
  { db, audit }: Shared,
  { cameras, devices, events, recordings, sharers, shares }: Neighbours,
): CasesFeature {
  return createCases({
    ...{ db, audit, clock, log, random, events },
    ...{ pins: recordings.pins, recorded: recordings, people: sharers },
    bundles: recordings.bundles,
    lending: shares.lending,
    exportLimits: {
      keepMs: config.exports.keepHours * 3_600_000,
      maxExports: config.exports.maxPerOrganisation,
    },
    sealingKey: deriveKey(masterKey, "cases/passwords"),
    devices: { find: (deviceId) => devices.findDevice(deviceId) },
    cameras: {
      find: (cameraId) => cameras.find(cameraId),
      aroundOf: (cameraId) => aroundOf(cameras.settingsOf(cameraId)),
      async timeZoneOf(tenantId, siteId) {
        const sites = await devices.listSites(tenantId);
        return sites.find(({ id }) => id === siteId)?.timeZone ?? "UTC";
      },
    },
  });
}

/** Cases that have a clip of an event, for readers who may see cases at all. */
export const linkedCases =
  (cases: CasesFeature): CasesOf =>
  async ({ tenantId, permissions }, eventId) => {
    if (!permissions.has("case.read")) return [];
    const found = await cases.casesOf(tenantId, [eventId]);
    return found.map(({ id, number, title, clips }) => ({ id, number, title, clips }));
  };
