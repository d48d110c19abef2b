import type { Uuid } from "@gatehouse/base";
import type { Permission } from "@gatehouse/contract";
import type { AlertsFeature } from "../features/alerts/index.ts";
import type { CameraEventsFeature, CameraEventTables } from "../features/camera-events/index.ts";
import {
  type Around,
  createVerdicts,
  type Reader,
  type Surroundings,
  type VerdictsFeature,
} from "../features/camera-events/verdicts/index.ts";
import type { CamerasFeature } from "../features/cameras/index.ts";
import type { DevicesFeature } from "../features/devices/index.ts";
import type { LedgerFeature } from "../features/ledger/index.ts";
import type { RecordingsFeature } from "../features/recordings/index.ts";
import type { AuditTrail } from "../platform/audit/index.ts";
import type { createDatabase } from "../platform/database/index.ts";
import type { House } from "./house.ts";

/** Devices of a site that are asked about at once. */
const MAX_DEVICES = 1_000;

/** Cases that have a clip of an event, as far as the reader may see them. */
export type CasesOf = Surroundings["cases"];

interface Shared {
  readonly db: ReturnType<typeof createDatabase<CameraEventTables>>;
  readonly audit: AuditTrail;
}

interface Neighbours {
  readonly cameras: CamerasFeature;
  readonly devices: DevicesFeature;
  readonly events: CameraEventsFeature;
  readonly ledger: LedgerFeature;
  readonly recordings: RecordingsFeature;
  readonly alerts: () => AlertsFeature;
  readonly casesOf: CasesOf;
}

/** What people decide about events, and what happened to clips and around them. */
export function verdictsOf(
  { bus, clock, random }: House,
  { db, audit }: Shared,
  { alerts, cameras, casesOf, devices, events, ledger, recordings }: Neighbours,
): VerdictsFeature {
  const devicesAt = (
    { tenantId, permissions }: Reader,
    siteId: Uuid,
    permission: Permission,
  ): readonly Uuid[] => {
    const reach = permissions.get(permission);
    if (reach === undefined) return [];
    const within = devices.idsWithin({ tenantId, reach });
    return within.filter((id) => devices.findDevice(id)?.siteId === siteId).slice(0, MAX_DEVICES);
  };
  const ofDevices = async <T>(
    reader: Reader,
    { siteId }: Around,
    permission: Permission,
    read: (deviceIds: readonly Uuid[]) => Promise<T[]>,
  ): Promise<T[]> => {
    const deviceIds = devicesAt(reader, siteId, permission);
    return deviceIds.length === 0 ? [] : read(deviceIds);
  };
  return createVerdicts({
    ...{ db, audit, bus, clock, random, events },
    pins: recordings.pins,
    cameras: {
      find: (cameraId) => cameras.find(cameraId),
      settingsOf: (cameraId) => cameras.settingsOf(cameraId),
      within: (scope, siteId) =>
        devices
          .idsWithin(scope)
          .filter((id) => siteId === undefined || devices.findDevice(id)?.siteId === siteId),
    },
    segments: recordings,
    log: ledger,
    around: {
      alerts: (reader, around) =>
        ofDevices(reader, around, "alert.read", async (deviceIds) => {
          const found = await alerts().raisedIn(reader.tenantId, deviceIds, around, around.limit);
          return found.map(({ id, ruleName, deviceName, severity, state, raisedMs, event }) => ({
            ...{ id, ruleName, deviceName, severity, state, raisedMs },
            eventId: event?.id,
          }));
        }),
      lines: (reader, around) =>
        ofDevices(reader, around, "device.read", async (deviceIds) => {
          const found = await devices.warningsIn(reader.tenantId, deviceIds, around, around.limit);
          return found.map((line) => ({
            ...line,
            deviceName: devices.findDevice(line.deviceId)?.name ?? "",
          }));
        }),
      cases: casesOf,
    },
  });
}
