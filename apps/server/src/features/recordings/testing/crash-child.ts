/** Records two cameras until it is killed: prints how many frames of each the index promises, after each second. */
import { silentLogger, systemRandom, type Uuid } from "@gatehouse/base";
import { virtualClock } from "@gatehouse/testkit";
import { recordingTrail } from "../../../platform/audit/testing/recording-trail.ts";
import { createFolderBlobs } from "../../../platform/blobs/index.ts";
import { createBus } from "../../../platform/bus/bus.ts";
import { createDatabase, createPool, type PostgresConnection } from "../../../platform/database/index.ts";
import { createRecordings } from "../index.ts";
import { CHUNK_MS } from "../model.ts";
import type { RecordingTables } from "../tables.ts";
import { logOf, NO_EVIDENCE } from "./house.ts";
import { FrameSource, film, MASTER_KEY, TestCameras, testSigner } from "./parts.ts";

const { connection, folder, tenantId, cameraIds, fromMs } = JSON.parse(process.argv[2] ?? "") as {
  connection: PostgresConnection;
  folder: string;
  tenantId: Uuid;
  cameraIds: Uuid[];
  fromMs: number;
};
const clock = virtualClock(fromMs);
const pool = createPool({ connection, log: silentLogger });
const db = createDatabase<RecordingTables>(pool);
const source = new FrameSource();
const cameras = new TestCameras();
for (const cameraId of cameraIds) cameras.add(tenantId, cameraId);
const recordings = createRecordings({
  ...{ db, clock, cameras, random: systemRandom, log: silentLogger, audit: recordingTrail() },
  ...{ bus: createBus(silentLogger), blobs: createFolderBlobs(folder, systemRandom), frames: source },
  ...{ exportBlobs: createFolderBlobs(`${folder}-exports`, systemRandom) },
  ...{
    incomingBlobs: createFolderBlobs(`${folder}-incoming`, systemRandom),
    masterKey: MASTER_KEY,
    signer: testSigner(),
    minFreeBytes: 0,
  },
  motion: { strengthIn: async () => new Map(), eventsIn: async () => [] },
  keyFrames: { jpegOf: async (init, fragment) => Buffer.concat([init, fragment]) },
  entries: logOf(recordingTrail()),
  evidence: NO_EVIDENCE,
  tenantIds: async () => [tenantId],
});
await recordings.start?.();
process.stdout.write(`ready ${JSON.stringify(recordings.recovered())}\n`);
for (let atMs = fromMs; ; atMs += CHUNK_MS) {
  for (const cameraId of cameraIds)
    await film(
      { clock, source, recordings },
      { tenantId, cameraId },
      { fromMs: atMs, seconds: 1, fps: 4, bytes: 3_000 },
    );
  await recordings.idle();
  process.stdout.write(`${atMs}\n`);
}
