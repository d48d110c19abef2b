import { isAppError, type Uuid } from "@gatehouse/base";
import { maskPicture } from "@gatehouse/capture/pictures";
import { isCameraType } from "@gatehouse/device-types";
import type { AlertsFeature } from "../features/alerts/index.ts";
import {
  type AlarmPicturesFeature,
  createAlarmPictures,
} from "../features/camera-events/alarm-pictures/index.ts";
import type { CameraEventsFeature, CameraEventTables, SearchPorts } from "../features/camera-events/index.ts";
import type { VerdictsFeature } from "../features/camera-events/verdicts/index.ts";
import { type CameraGrpcFeature, createCameraGrpc } from "../features/cameras/grpc/index.ts";
import {
  type CameraDevices,
  type CamerasFeature,
  type CameraTables,
  createCameras,
  type FeedAuthenticator,
  type KnownCamera,
} from "../features/cameras/index.ts";
import {
  type CameraLiveDeps,
  type CameraLiveFeature,
  createCameraLive,
} from "../features/cameras/live/index.ts";
import type { CasesFeature, CaseTables } from "../features/cases/index.ts";
import type { ChannelFeature } from "../features/channel/index.ts";
import type { DetectorsFeature, DetectorTables } from "../features/detectors/index.ts";
import type { DeviceRecord, DevicesFeature } from "../features/devices/index.ts";
import type { LedgerFeature } from "../features/ledger/index.ts";
import type { OffsiteFeature, OffsiteTables } from "../features/offsite/index.ts";
import type { RecordingsFeature, RecordingTables } from "../features/recordings/index.ts";
import type { Sharers, SharesFeature, ShareTables } from "../features/recordings/shares/index.ts";
import type { TenantsFeature } from "../features/tenants/index.ts";
import type { AuditTrail } from "../platform/audit/index.ts";
import type { createDatabase } from "../platform/database/index.ts";
import type { Feature } from "../platform/feature.ts";
import { KeyFramePictures } from "../platform/ffmpeg/index.ts";
import type { PersonPrincipal } from "../platform/http/principal.ts";
import { armingOf, cameraEventsOf } from "./camera-event-wiring.ts";
import { addCameraMetrics } from "./camera-metrics.ts";
import { cameraSourcesOf } from "./camera-sources.ts";
import { casesOf, linkedCases } from "./case-wiring.ts";
import { detectorsOf } from "./detector-wiring.ts";
import { handOverOf } from "./hand-over-wiring.ts";
import type { House } from "./house.ts";
import { offsiteOf } from "./offsite-wiring.ts";
import { recordingsOf } from "./recording-wiring.ts";
import { sharesOf } from "./share-wiring.ts";
import { verdictsOf } from "./verdict-wiring.ts";

/** What the features about cameras keep. */
type AllCameraTables = CameraTables &
  CaseTables &
  CameraEventTables &
  DetectorTables &
  OffsiteTables &
  RecordingTables &
  ShareTables;

interface Shared {
  readonly db: ReturnType<typeof createDatabase<AllCameraTables>>;
  readonly audit: AuditTrail;
}

interface Neighbours {
  readonly devices: DevicesFeature;
  readonly channel: ChannelFeature;
  readonly tenants: TenantsFeature;
  readonly ledger: LedgerFeature;
  readonly tenantIds: () => Promise<readonly Uuid[]>;
  readonly sharers: Sharers;
  readonly mornings: SearchPorts["mornings"];
  readonly alerts: () => AlertsFeature;
  /** A camera's key signed two recordings as the next after the same one. */
  readonly onForked: (cameraId: Uuid) => void;
  readonly browsers: Pick<CameraLiveDeps, "authenticate" | "people">;
  programOf(token: string): Promise<PersonPrincipal | undefined>;
  /** In the device's live session. */
  sendControl(deviceId: Uuid, payload: Uint8Array): boolean;
}

export interface CameraFeatures {
  readonly cameras: CamerasFeature;
  readonly live: CameraLiveFeature;
  readonly grpc: CameraGrpcFeature;
  readonly recordings: RecordingsFeature;
  readonly shares: SharesFeature;
  readonly offsite: OffsiteFeature;
  readonly events: CameraEventsFeature;
  readonly alarmPictures: AlarmPicturesFeature;
  readonly verdicts: VerdictsFeature;
  readonly cases: CasesFeature;
  readonly detectors: DetectorsFeature;
  /** Those that are asked before those that ask. */
  readonly inOrder: readonly Feature[];
}

/** Everything about cameras: frames in and out, what moves in them, what is kept of them. */
export function camerasOf(house: House, { db, audit }: Shared, neighbours: Neighbours): CameraFeatures {
  const { bus, clock, config, controls, log, secure, tls } = house;
  const { devices } = neighbours;
  const authenticator = feedAuthenticator(neighbours);
  const detectors = detectorsOf(house, { db, audit }, { cameras: () => cameras, devices });
  const cameras: CamerasFeature = createCameras({
    db,
    clock,
    log,
    bus,
    audit,
    devices: cameraDevices(devices),
    activity: {
      isRecording: (cameraId) => recordings.isRecording(cameraId),
      isMoving: (cameraId) => events.isMoving(cameraId),
      fetchingOf: (cameraId) => pull.healthOf(cameraId),
      detectionProblemOf: (cameraId) => events.detectionProblemOf(cameraId),
    },
    authenticator,
    hasDetector: (...asked) => detectors.has(...asked),
    controls,
    masker: { mask: maskPicture },
  });
  const pull = cameraSourcesOf(
    house,
    { db, audit },
    { cameras, isSuspended: (tenantId) => neighbours.tenants.isSuspended(tenantId) },
  );
  const keyFrames = new KeyFramePictures(clock);
  const live = createCameraLive({
    db,
    clock,
    log,
    bus,
    audit,
    controls,
    ...neighbours.browsers,
    cameras,
    found: (cameraId) => events.found(cameraId),
    keyFrames,
    maxViewers: config.cameras.maxViewers,
    maxViewersPerPerson: config.cameras.maxViewersPerPerson,
  });
  const grpc = createCameraGrpc({
    clock,
    log,
    bus,
    carried: cameras.pushed,
    live,
    authenticator,
    programOf: neighbours.programOf,
    tls: secure ? tls : undefined,
    host: config.http.host,
    port: config.cameras.grpcPort || undefined,
  });
  const recordings: RecordingsFeature = recordingsOf(
    house,
    { db, audit },
    {
      ...neighbours,
      ...{ cameras, keyFrames },
      sealsItself: (cameraId) => events.sealsItself(cameraId),
      copies: {
        erase: (...asked) => offsite.copies.erase(...asked),
        oldestKeyGeneration: (tenantId) => offsite.copies.oldestKeyGeneration(tenantId),
      },
      madeOfThem: [
        { markErased: (...asked) => shares.madeOfThem.markErased(...asked) },
        { markErased: (...asked) => cases.markErased(...asked) },
      ],
      motion: {
        strengthIn: (...asked) => events.strengthIn(...asked),
        eventsIn: (...asked) => events.eventsIn(...asked),
      },
    },
  );
  const { sharers } = neighbours;
  const shares: SharesFeature = sharesOf(house, { db, audit }, { cameras, devices, recordings, sharers });
  const offsite = offsiteOf(house, { db, audit }, { devices, recordings });
  const events: CameraEventsFeature = cameraEventsOf(
    house,
    { db, audit },
    {
      cameras,
      detectors,
      devices,
      recordings,
      cases: () => cases,
      mornings: neighbours.mornings,
      sendControl: neighbours.sendControl,
    },
  );
  const cases: CasesFeature = casesOf(
    house,
    { db, audit },
    { cameras, devices, events, recordings, sharers, shares },
  );
  const verdicts = verdictsOf(
    house,
    { db, audit },
    { ...neighbours, cameras, events, recordings, casesOf: linkedCases(cases) },
  );
  const handOver = handOverOf(house, { cameras, devices, events });
  const alarmPictures = createAlarmPictures({
    ...{ bus, clock, log, keyFrames },
    frames: cameras.frames,
    settingsOf: (cameraId) => cameras.settingsOf(cameraId),
  });
  addCameraMetrics(house.metrics, { cameras, live, events, recordings });
  // What moves is judged while frames still come; recordings end last, with the last frame in them.
  const inOrder = [
    recordings,
    shares,
    offsite,
    detectors,
    cameras,
    live,
    grpc,
    events,
    armingOf(house, { db, audit }),
    alarmPictures,
    handOver,
    verdicts,
    cases,
    pull,
  ];
  return {
    cameras,
    live,
    grpc,
    recordings,
    shares,
    offsite,
    events,
    alarmPictures,
    verdicts,
    cases,
    detectors,
    inOrder,
  };
}

function cameraDevices(devices: DevicesFeature): CameraDevices {
  const known = (record: DeviceRecord | undefined): KnownCamera | undefined => {
    if (record === undefined || !isCameraType(record.typeId)) return undefined;
    const { deviceId: cameraId, tenantId, name, label, typeId, siteId, revoked } = record;
    return { tenantId, cameraId, name, label, typeId, siteId, revoked };
  };
  const find = (deviceId: Uuid) => known(devices.findDevice(deviceId));
  return {
    find,
    idsWithin: (scope) => devices.idsWithin(scope).filter((id) => find(id)?.revoked === false),
    async describe(cameraIds) {
      if (cameraIds.length === 0) return [];
      const described = await devices.describeDevices({ deviceIds: cameraIds });
      return described.map(({ deviceId: cameraId, ...camera }) => ({ cameraId, ...camera }));
    },
    heard: (cameraId, from, atMs) => devices.heard(cameraId, from, atMs),
    isAssigned: (gatewayId, cameraId) => devices.gatewayOf(cameraId) === gatewayId,
    carriesCameras: (gatewayId) =>
      devices
        .assignedTo(gatewayId)
        .values()
        .some((id) => find(id) !== undefined),
  };
}

/** Plain frames come without the secure channel: whose policy asks for it is not let in. */
const feedAuthenticator = ({ devices, channel, tenants }: Neighbours): FeedAuthenticator => ({
  async authenticate({ username, password }) {
    const found = await devices.authenticateDevice({ username, password }).catch(refusedAsRevoked);
    if (found === undefined) return { refused: "device.credentials_invalid" };
    if ("refused" in found) return found;
    const { tenantId, deviceId, credentialId } = found;
    if (tenants.isSuspended(tenantId)) return { refused: "tenant.suspended", tenantId, deviceId };
    const refused = channel.plainRefusal(tenantId, deviceId);
    return refused === undefined ? { tenantId, deviceId, credentialId } : { refused, tenantId, deviceId };
  },
});

function refusedAsRevoked(error: unknown): { readonly refused: "device.revoked" } {
  if (isAppError(error, "device.revoked")) return { refused: error.code as "device.revoked" };
  throw error;
}
