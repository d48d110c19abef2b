import { join } from "node:path";
import type { Uuid } from "@gatehouse/base";
import { access } from "@gatehouse/contract";
import { createVerifierKey, KEY_TYPES, type VerifierKey } from "@gatehouse/ledger";
import type { CamerasFeature } from "../features/cameras/index.ts";
import type { ChannelFeature } from "../features/channel/index.ts";
import type { DevicesFeature } from "../features/devices/index.ts";
import type { LedgerFeature, LogReader } from "../features/ledger/index.ts";
import {
  type Copies,
  createRecordings,
  type KeyFrames,
  type LogEntries,
  type MadeOfThem,
  type Motion,
  type RecordingsFeature,
  type RecordingTables,
} from "../features/recordings/index.ts";
import type { AuditTrail } from "../platform/audit/index.ts";
import { createFolderBlobs } from "../platform/blobs/index.ts";
import type { createDatabase } from "../platform/database/index.ts";
import type { House } from "./house.ts";

/** Where recordings lie. */
export const recordingFolder = ({ dataDir }: Pick<House["config"], "dataDir">): string =>
  join(dataDir, "recordings");

/** Keys of cameras that sign themselves, under their camera's name. */
export const cameraKeysOf = (cameraId: Uuid, publicKeys: readonly Uint8Array[]): VerifierKey[] =>
  publicKeys.map((publicKey) => createVerifierKey(cameraId, KEY_TYPES.note, publicKey));

/** What the audit log has of segments. */
export const logEntries = (log: LogReader): LogEntries => ({
  sealedIn: (tenantId, ids) => log.indexesOf(tenantId, "recording.sealed", ids),
  async hashesOf(tenantId, id) {
    const found = await log.dataAbout(tenantId, "recording.sealed", id);
    return found.map(({ manifestSha256 }) => String(manifestSha256));
  },
  forgottenUntilMs: (tenantId) => log.sealedUntilMs(tenantId),
});

interface Shared {
  readonly db: ReturnType<typeof createDatabase<RecordingTables>>;
  readonly audit: AuditTrail;
}

interface Neighbours {
  readonly cameras: CamerasFeature;
  readonly channel: ChannelFeature;
  readonly devices: DevicesFeature;
  readonly ledger: LedgerFeature;
  /** Whether the camera's own machine seals what it records. */
  readonly sealsItself: (cameraId: Uuid) => boolean;
  /** A camera's key signed two recordings as the next after the same one. */
  readonly onForked: (cameraId: Uuid) => void;
  readonly motion: Motion;
  readonly keyFrames: KeyFrames;
  readonly copies: Copies;
  readonly madeOfThem: readonly MadeOfThem[];
  readonly tenantIds: () => Promise<readonly Uuid[]>;
}

/** What cameras show, kept in files below the data folder. */
export function recordingsOf(house: House, { db, audit }: Shared, neighbours: Neighbours): RecordingsFeature {
  const { bus, clock, config, log, masterKey, random } = house;
  const { cameras, channel, copies, devices, keyFrames, ledger, madeOfThem, motion, sealsItself, tenantIds } =
    neighbours;
  return createRecordings({
    ...{ db, audit, bus, clock, log, masterKey, random, motion, keyFrames, copies, madeOfThem, tenantIds },
    onForked: neighbours.onForked,
    blobs: createFolderBlobs(recordingFolder(config), random),
    exportBlobs: createFolderBlobs(join(config.dataDir, "exports"), random),
    incomingBlobs: createFolderBlobs(join(config.dataDir, "incoming"), random),
    cameraKeys: async (cameraId) => cameraKeysOf(cameraId, await channel.signingKeysEver(cameraId)),
    exportLimits: {
      atOnce: config.exports.atOnce,
      keepMs: config.exports.keepHours * 3_600_000,
      maxExports: config.exports.maxPerOrganisation,
      maxBytes: config.exports.maxBytesPerOrganisation,
    },
    signer: ledger.recordingSigner,
    frames: cameras.frames,
    cameras: {
      find: (cameraId) => cameras.find(cameraId),
      list: (tenantId) =>
        devices.idsWithin(access.wholeTenant(tenantId)).flatMap((id) => cameras.find(id) ?? []),
      settingsOf: (cameraId) => cameras.settingsOf(cameraId),
      sealsItself,
      async timeZoneOf(tenantId, siteId) {
        const sites = await devices.listSites(tenantId);
        return sites.find(({ id }) => id === siteId)?.timeZone ?? "UTC";
      },
    },
    entries: logEntries(ledger),
    evidence: {
      sealedIn: (tenantId, subjectIds, others = []) =>
        ledger.evidenceAbout(tenantId, [{ kinds: ["recording.sealed"], subjectIds }, ...others]),
    },
  });
}
