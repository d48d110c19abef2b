import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, newUuid, silentLogger, systemRandom, type Uuid } from "@gatehouse/base";
import type { cameras as contract } from "@gatehouse/contract";
import { type RecordingTrail, recordingTrail } from "../../../platform/audit/testing/recording-trail.ts";
import { createFolderBlobs } from "../../../platform/blobs/index.ts";
import { createBus } from "../../../platform/bus/bus.ts";
import type { FeatureMigrations } from "../../../platform/database/index.ts";
import { createTestDatabase, type TestDatabase } from "../../../platform/database/testing/index.ts";
import {
  createRecordings,
  type RecordingsDeps,
  type RecordingsFeature,
  recordingsMigrations,
} from "../index.ts";
import type { Evidence, LogEntries } from "../ports.ts";
import type { RecordingTables } from "../tables.ts";
import { FrameSource, MASTER_KEY, TestCameras, testSigner } from "./parts.ts";

export * from "./parts.ts";

/** The log, as far as it was recorded in the trail. */
/** Archives without a log. */
export const NO_EVIDENCE: Evidence = {
  sealedIn: async () => ({ files: [], origin: "", size: 0, fingerprint: "", words: [], verifiers: [] }),
};

export const logOf = ({ events }: RecordingTrail): LogEntries => ({
  sealedIn: async () => new Map(),
  hashesOf: async (_tenantId, segmentId) =>
    events
      .filter(({ kind, subject }) => kind === "recording.sealed" && subject?.id === segmentId)
      .map(({ data }) => String(data?.manifestSha256)),
  forgottenUntilMs: async () => 0,
});

const tenantTables: FeatureMigrations = {
  feature: "recordings-test-tenants",
  migrations: [{ id: "001-create", up: "create table tenants (id uuid primary key)" }],
};

export type RecordingHouse = Awaited<ReturnType<typeof recordingHouse>>;

/** Recordings on a database and a folder of their own. `again` makes a second one on the same, as after a restart. */
export async function recordingHouse(clock: Clock, more: Partial<RecordingsDeps> = {}) {
  const database: TestDatabase<RecordingTables> = await createTestDatabase<RecordingTables>([
    tenantTables,
    recordingsMigrations,
  ]);
  const folder = await mkdtemp(join(tmpdir(), "gatehouse-recordings-"));
  const trail = recordingTrail();
  const bus = createBus(silentLogger);
  const source = new FrameSource();
  const cameras = new TestCameras();
  const strengths = new Map<Uuid, number[]>();
  const blobs = createFolderBlobs(folder, systemRandom);
  const exportFolder = await mkdtemp(join(tmpdir(), "gatehouse-exports-"));
  const exportBlobs = createFolderBlobs(exportFolder, systemRandom);
  const incomingFolder = await mkdtemp(join(tmpdir(), "gatehouse-incoming-"));
  const incomingBlobs = createFolderBlobs(incomingFolder, systemRandom);
  const tenants: Uuid[] = [];
  const make = (changed: Partial<RecordingsDeps> = {}): RecordingsFeature =>
    createRecordings({
      ...{
        db: database.db,
        clock,
        bus,
        blobs,
        exportBlobs,
        incomingBlobs,
        cameras,
        random: systemRandom,
        log: silentLogger,
      },
      ...{ audit: trail, masterKey: MASTER_KEY, signer: testSigner(), frames: source },
      motion: { strengthIn: async () => strengths, eventsIn: async () => [] },
      keyFrames: { jpegOf: async (init, fragment) => Buffer.concat([init, fragment]) },
      entries: logOf(trail),
      evidence: NO_EVIDENCE,
      tenantIds: async () => tenants,
      minFreeBytes: 0,
      ...more,
      ...changed,
    });
  return {
    ...{ exportBlobs, exportFolder, incomingBlobs },
    ...{ database, db: database.db, folder, trail, bus, source, cameras, strengths, blobs, clock },
    recordings: make(),
    again: make,
    async addTenant(): Promise<Uuid> {
      const tenantId = newUuid(clock, systemRandom);
      await database.pool.query("insert into tenants (id) values ($1)", [tenantId]);
      tenants.push(tenantId);
      return tenantId;
    },
    addCamera(tenantId: Uuid, recording?: Partial<contract.CameraSettings["recording"]>): Uuid {
      const cameraId = newUuid(clock, systemRandom);
      cameras.add(tenantId, cameraId, recording);
      return cameraId;
    },
    rows: () => database.db.selectFrom("recording_segments").selectAll().orderBy("first_ms").execute(),
    async filesBytes(): Promise<number> {
      let sum = 0;
      for await (const name of blobs.list()) sum += (await blobs.size(name)) ?? 0;
      return sum;
    },
    async [Symbol.asyncDispose]() {
      await database[Symbol.asyncDispose]();
      for (const one of [folder, exportFolder, incomingFolder])
        await rm(one, { recursive: true, force: true });
    },
  };
}
