import type { Clock, Logger, Random, UnixMs, Uuid } from "@gatehouse/base";
import type { Bus } from "@gatehouse/contract";
import { encodeVerifierKey, type Signer } from "@gatehouse/ledger";
import { MAX_FOUND } from "@gatehouse/video";
import type { AuditTrail } from "../../platform/audit/index.ts";
import type { Blobs } from "../../platform/blobs/index.ts";
import type { Feature, FeatureMigrations } from "../../platform/feature.ts";
import { fastestCipher, type MasterKey } from "../../platform/secrets/index.ts";
import { AgentClips } from "./agent-clips/agent-clips.ts";
import { findSegment } from "./all-segments-store.ts";
import type { RecordingContext } from "./context.ts";
import { type SealedSegments, sealedSegments } from "./copies/sealed-segments.ts";
import { Erasure, type MadeOfThem } from "./erasure.ts";
import type { Bundles } from "./exports/bundles.ts";
import { createExporting, DEFAULT_EXPORT_LIMITS, type ExportLimits, type Films } from "./exports/index.ts";
import { SealedFiles } from "./exports/sealed-files.ts";
import { retentionJob } from "./jobs.ts";
import { tenantsInRotation } from "./key-store.ts";
import { SegmentKeyring } from "./keyring.ts";
import { createRecordings as createTables } from "./migrations/001-recordings.ts";
import { createExports } from "./migrations/002-exports.ts";
import { createHeldPins } from "./migrations/003-held-pins.ts";
import { createChainIndex } from "./migrations/004-chain-index.ts";
import { MIN_FREE_BYTES } from "./model.ts";
import { pinsOf } from "./pins.ts";
import type {
  CameraKeys,
  Cameras,
  Copies,
  Evidence,
  Frames,
  KeyFrames,
  LogEntries,
  Motion,
  Pins,
} from "./ports.ts";
import { ClipEvidences, type EvidenceOfClip } from "./reading/clip-evidence.ts";
import { ContentReader } from "./reading/content.ts";
import { type AskedSpan, coverage } from "./reading/coverage.ts";
import { SegmentList } from "./reading/segments.ts";
import { type StillAsked, Stills } from "./reading/stills.ts";
import { Timeline } from "./reading/timeline.ts";
import { Views, type Watcher } from "./reading/views.ts";
import type { Pause } from "./recording/pauses.ts";
import { Recorder } from "./recording/recorder.ts";
import { Room } from "./room/room.ts";
import { recordingRoutes } from "./routes.ts";
import { SegmentStore } from "./segment-store.ts";
import { Storage } from "./storage.ts";
import type { RecordingDatabase } from "./tables.ts";
import { Recovery, type RecoveryReport } from "./upkeep/recovery.ts";
import { Rewrapping } from "./upkeep/rewrapping.ts";
import { renewKey, rewrapKeys } from "./upkeep/rotation.ts";

export { hasRecordings } from "./all-segments-store.ts";
export { checkRecordings, describeRecordings, type RecordingReport } from "./check/check.ts";
export type { MadeOfThem } from "./erasure.ts";
export type {
  CameraKeys,
  Cameras,
  Copies,
  Evidence,
  Frames,
  KeyFrames,
  LogEntries,
  Motion,
  Pins,
  RecordedCamera,
  RecordedFrame,
} from "./ports.ts";
export type { RecordingTables } from "./tables.ts";

export const recordingsMigrations: FeatureMigrations = {
  feature: "recordings",
  migrations: [createTables, createExports, createHeldPins, createChainIndex],
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
  /** For what is made of recordings; a folder of its own. */
  readonly exportBlobs: Blobs;
  readonly exportLimits?: ExportLimits;
  /** Signs manifests; the trust root vouches for it. */
  readonly signer: Signer;
  /** Of cameras whose own machines sign; none without. */
  readonly cameraKeys?: CameraKeys;
  /** A camera's key signed two recordings as the next after the same one. */
  readonly onForked?: (cameraId: Uuid) => void;
  /** For what such machines bring, until it is whole; a folder of its own. */
  readonly incomingBlobs: Blobs;
  readonly frames: Frames;
  readonly cameras: Cameras;
  readonly motion: Motion;
  readonly keyFrames: KeyFrames;
  readonly entries: LogEntries;
  readonly evidence: Evidence;
  /** Elsewhere; none without. */
  readonly copies?: Copies;
  /** Beside exports: what is erased with recordings. */
  readonly madeOfThem?: readonly MadeOfThem[];
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
  /** Segments that cameras' own machines bring. */
  readonly agentClips: Pick<AgentClips, "counts" | "offered" | "piece">;
  /** As they lie on the disk, to be copied elsewhere. */
  readonly sealed: SealedSegments;
  readonly films: Films;
  readonly bundles: Bundles;
  isRecording(cameraId: Uuid): boolean;
  /** Segments that overlap the span, by their start. */
  segmentIdsIn(tenantId: Uuid, span: AskedSpan, limit: number): Promise<readonly Uuid[]>;
  /** How much of each span is recorded, in their order. */
  coverage(tenantId: Uuid, spans: readonly AskedSpan[]): ReturnType<typeof coverage>;
  /** The recorded JPEG of an instant, with the look at it in the audit log. Refuses `camera.no_picture`. */
  still(who: Watcher, cameraId: Uuid, asked: StillAsked): Promise<Uint8Array>;
  /** What proves the recordings of a span, with a look at them in the audit log. `isOver`: nothing of it is to come. */
  clipEvidence(
    who: Watcher,
    cameraId: Uuid,
    span: { readonly fromMs: UnixMs; readonly toMs: UnixMs; readonly eventId?: Uuid | undefined },
    isOver: boolean,
  ): Promise<EvidenceOfClip>;
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
    minFreeBytes,
    cameraKeys: deps.cameraKeys ?? (async () => []),
  };
  const agentClips = new AgentClips(context, deps.incomingBlobs, deps.onForked);
  const content = new ContentReader(context);
  const recovery = new Recovery(context);
  const recorder = new Recorder(context, { frames, recovery, motion });
  const views = new Views(deps);
  const files = new SealedFiles({ ...context, blobs: deps.exportBlobs, minFreeBytes });
  const clips = new ClipEvidences(context, {
    ...{ evidence: deps.evidence, views },
    endSegment: (cameraId) => recorder.endSegment(cameraId),
  });
  const stills = new Stills(context, { content, views, keyFrames: deps.keyFrames });
  const exporting = createExporting(context, {
    ...{ content, files, stills, views, evidence: deps.evidence },
    endSegment: ({ cameraId }) => recorder.endSegment(cameraId),
    limits: deps.exportLimits ?? DEFAULT_EXPORT_LIMITS,
  });
  const erasure = new Erasure(context, recorder, recovery, [exporting.exports, ...(deps.madeOfThem ?? [])]);
  const rewrapping = new Rewrapping(context, (tenantId, run) => rewrapKeys(context, tenantId, run, files));
  const storage = new Storage(context, { made: files, pauses: recorder.pauses, rewrapping });
  const segments = new SegmentList(context, deps.entries);
  let report: RecoveryReport | undefined;
  const subscriptions: (() => void)[] = [];
  return {
    name: "recordings",
    routes: [
      ...exporting.routes,
      ...recordingRoutes({
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
    ],
    jobs: [retentionJob(context, deps.tenantIds), exporting.job],
    resources: {
      ...exporting.resources,
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
      subscriptions.push(
        bus.subscribe("device.changed", ({ tenantId, deviceId: cameraId, change }) => {
          if (change !== "removed") return;
          agentClips.forget(cameraId).catch(() => undefined);
          erasure
            .eraseCamera({ tenantId, cameraId })
            .catch((err: unknown) => log.error({ err, cameraId }, "recordings.not_erased"));
        }),
        bus.subscribe("camera.found", ({ cameraId, takenMs, model, boxes }) =>
          recorder.note(cameraId, { v: 1, takenMs, model, boxes: boxes.slice(0, MAX_FOUND) }),
        ),
      );
      recorder.start();
      await exporting.start();
      for (const tenantId of await tenantsInRotation(db)) await rewrapping.begin(tenantId);
    },
    async stop() {
      for (const end of subscriptions.splice(0)) end();
      await agentClips.stop();
      await exporting.stop();
      await rewrapping.stop();
      await recorder.stop();
    },
    pins: pinsOf(context),
    agentClips,
    sealed: sealedSegments(context),
    films: exporting.films,
    bundles: exporting.bundles,
    isRecording: (cameraId) => recorder.isRecording(cameraId),
    async segmentIdsIn(tenantId, { cameraId, ...span }, limit) {
      const found = await new SegmentStore(db, tenantId).overlapping(cameraId, span, limit);
      return found.map(({ segmentId }) => segmentId);
    },
    coverage: (tenantId, spans) => coverage(db, tenantId, spans),
    still: (...asked) => stills.at(...asked),
    clipEvidence: (...asked) => clips.of(...asked),
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
