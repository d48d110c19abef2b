import type { Clock, Logger, Random, UnixMs, Uuid } from "@gatehouse/base";
import type { Bus } from "@gatehouse/contract";
import { encodeVerifierKey, type Signer } from "@gatehouse/ledger";
import type { AuditTrail } from "../../platform/audit/index.ts";
import type { Blobs } from "../../platform/blobs/index.ts";
import type { Feature, FeatureMigrations } from "../../platform/feature.ts";
import { fastestCipher, type MasterKey } from "../../platform/secrets/index.ts";
import { findSegment } from "./all-segments-store.ts";
import type { RecordingContext } from "./context.ts";
import { Erasure } from "./erasure.ts";
import { retentionJob } from "./jobs.ts";
import { tenantsInRotation } from "./key-store.ts";
import { SegmentKeyring } from "./keyring.ts";
import { createRecordings as createTables } from "./migrations/001-recordings.ts";
import { MIN_FREE_BYTES } from "./model.ts";
import { pinsOf } from "./pins.ts";
import type { Cameras, Frames, LogEntries, Motion, Pins } from "./ports.ts";
import { ContentReader } from "./reading/content.ts";
import { type AskedSpan, coverage } from "./reading/coverage.ts";
import { SegmentList } from "./reading/segments.ts";
import { Stills } from "./reading/stills.ts";
import { Timeline } from "./reading/timeline.ts";
import { Views, type Watcher } from "./reading/views.ts";
import type { Pause } from "./recording/pauses.ts";
import { Recorder } from "./recording/recorder.ts";
import { Room } from "./room/room.ts";
import { recordingRoutes } from "./routes.ts";
import { Storage } from "./storage.ts";
import type { RecordingDatabase } from "./tables.ts";
import { Recovery, type RecoveryReport } from "./upkeep/recovery.ts";
import { Rewrapping } from "./upkeep/rewrapping.ts";
import { renewKey, rewrapKeys } from "./upkeep/rotation.ts";

export { hasRecordings } from "./all-segments-store.ts";
export { checkRecordings, describeRecordings, type RecordingReport } from "./check/check.ts";
export type { Cameras, Frames, LogEntries, Motion, Pins, RecordedCamera, RecordedFrame } from "./ports.ts";
export type { RecordingTables } from "./tables.ts";

export const recordingsMigrations: FeatureMigrations = {
  feature: "recordings",
  migrations: [createTables],
};

export interface RecordingsDeps {
  readonly db: RecordingDatabase;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly bus: Bus;
  readonly audit: AuditTrail;
  readonly masterKey: MasterKey;
  readonly blobs: Blobs;
  /** Signs manifests; the trust root vouches for it. */
  readonly signer: Signer;
  readonly frames: Frames;
  readonly cameras: Cameras;
  readonly motion: Motion;
  readonly entries: LogEntries;
  readonly tenantIds: () => Promise<readonly Uuid[]>;
  /** What the disk keeps free; less in tests. */
  readonly minFreeBytes?: number;
}

/** Something about recordings that a person must see to. */
export interface RecordingNeed {
  /** Why it is paused, or that events take more than their share while it goes on. */
  readonly kind: `recording_${Pause["reason"]}` | "recording_pins_over";
  readonly sinceMs?: UnixMs;
}

export interface RecordingsFeature extends Feature {
  readonly pins: Pins;
  isRecording(cameraId: Uuid): boolean;
  /** How much of each span is recorded, in their order. */
  coverage(tenantId: Uuid, spans: readonly AskedSpan[]): ReturnType<typeof coverage>;
  /** The recorded JPEG of an instant, with the look at it in the audit log. Refuses `camera.no_picture`. */
  still(who: Watcher, cameraId: Uuid, atMs: UnixMs): Promise<Uint8Array>;
  needs(tenantId: Uuid): Promise<readonly RecordingNeed[]>;
  /** Resolves when whole chunks that came so far are written, and keys wrapped that were to be. */
  idle(): Promise<void>;
  /** What the last start found. */
  recovered(): RecoveryReport | undefined;
  stats(): { readonly recording: number; readonly lostFrames: number };
}

export function createRecordings(deps: RecordingsDeps): RecordingsFeature {
  const { db, clock, log, bus, cameras, frames, motion, minFreeBytes = MIN_FREE_BYTES } = deps;
  const room = new Room({ ...deps, minFreeBytes, onRemoved: ({ segmentId }) => content.forget(segmentId) });
  const context: RecordingContext = {
    ...deps,
    room,
    keyring: new SegmentKeyring(deps),
    cipher: fastestCipher(clock),
  };
  const content = new ContentReader(context);
  const recovery = new Recovery(context);
  const recorder = new Recorder(context, { frames, recovery, motion });
  const erasure = new Erasure(context, recorder, recovery);
  const rewrapping = new Rewrapping(context, (tenantId, run) => rewrapKeys(context, tenantId, run));
  const storage = new Storage(context, { pauses: recorder.pauses, rewrapping });
  const segments = new SegmentList(context, deps.entries);
  const views = new Views(deps);
  const stills = new Stills(context, content, views);
  let report: RecoveryReport | undefined;
  let unsubscribe: () => void = () => undefined;
  return {
    name: "recordings",
    routes: recordingRoutes({
      ...{ content, erasure, segments, storage, views },
      timeline: new Timeline(context, motion),
      async rotateKey(tenantId) {
        const count = await renewKey(context, tenantId);
        await rewrapping.begin(tenantId);
        return count;
      },
      verifierKey: encodeVerifierKey(deps.signer.key),
      isCamera: (deviceId) => cameras.find(deviceId) !== undefined,
    }),
    jobs: [retentionJob(context, deps.tenantIds)],
    resources: {
      async segment(id) {
        const segment = await findSegment(db, id);
        if (segment === undefined) return undefined;
        const { tenantId, cameraId: deviceId } = segment;
        return {
          tenantId,
          places() {
            const camera = cameras.find(deviceId);
            return camera === undefined ? undefined : [{ siteId: camera.siteId, deviceId }];
          },
        };
      },
    },
    async start() {
      report = await recovery.run();
      unsubscribe = bus.subscribe("device.changed", ({ tenantId, deviceId: cameraId, change }) => {
        if (change !== "removed") return;
        erasure
          .eraseCamera({ tenantId, cameraId })
          .catch((err: unknown) => log.error({ err, cameraId }, "recordings.not_erased"));
      });
      recorder.start();
      for (const tenantId of await tenantsInRotation(db)) await rewrapping.begin(tenantId);
    },
    async stop() {
      unsubscribe();
      await rewrapping.stop();
      await recorder.stop();
    },
    pins: pinsOf(context),
    isRecording: (cameraId) => recorder.isRecording(cameraId),
    coverage: (tenantId, spans) => coverage(db, tenantId, spans),
    still: (who, cameraId, atMs) => stills.at(who, cameraId, atMs),
    async needs(tenantId) {
      const pause = recorder.pauses.of(tenantId);
      if (pause !== undefined) return [{ kind: `recording_${pause.reason}`, sinceMs: pause.sinceMs }];
      return (await room.isPinnedOver(tenantId)) ? [{ kind: "recording_pins_over" }] : [];
    },
    async idle() {
      await recorder.idle();
      await rewrapping.idle();
    },
    recovered: () => report,
    stats: () => ({ recording: recorder.writing(), lostFrames: recorder.lostFrames() }),
  };
}
