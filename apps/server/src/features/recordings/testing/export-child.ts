/** Makes what waits to be exported, half of it and no more: prints how many files lie there until it is killed. */
import { setTimeout as sleep } from "node:timers/promises";
import { silentLogger, systemClock, systemRandom, type Uuid } from "@gatehouse/base";
import { recordingTrail } from "../../../platform/audit/testing/recording-trail.ts";
import { createFolderBlobs } from "../../../platform/blobs/index.ts";
import { createBus } from "../../../platform/bus/bus.ts";
import { createDatabase, createPool, type PostgresConnection } from "../../../platform/database/index.ts";
import { createRecordings } from "../index.ts";
import type { RecordingTables } from "../tables.ts";
import { heldReading } from "./held-reading.ts";
import { logOf, NO_EVIDENCE } from "./house.ts";
import { FrameSource, MASTER_KEY, TestCameras, testSigner } from "./parts.ts";

const { connection, folder, exportFolder, tenantId, cameraId } = JSON.parse(process.argv[2] ?? "") as {
  connection: PostgresConnection;
  folder: string;
  exportFolder: string;
  tenantId: Uuid;
  cameraId: Uuid;
};
const db = createDatabase<RecordingTables>(createPool({ connection, log: silentLogger }));
const cameras = new TestCameras();
cameras.add(tenantId, cameraId);
const blobs = createFolderBlobs(folder, systemRandom);
const exportBlobs = createFolderBlobs(exportFolder, systemRandom);
const recordings = createRecordings({
  ...{ db, clock: systemClock, cameras, random: systemRandom, log: silentLogger, audit: recordingTrail() },
  ...{ bus: createBus(silentLogger), exportBlobs },
  blobs: { ...blobs, read: heldReading(blobs.read, new Promise(() => undefined)) },
  ...{
    incomingBlobs: createFolderBlobs(`${folder}-incoming`, systemRandom),
    masterKey: MASTER_KEY,
    signer: testSigner(),
    frames: new FrameSource(),
    minFreeBytes: 0,
  },
  motion: { strengthIn: async () => new Map(), eventsIn: async () => [] },
  keyFrames: { jpegOf: async (init, fragment) => Buffer.concat([init, fragment]) },
  entries: logOf(recordingTrail()),
  evidence: NO_EVIDENCE,
  tenantIds: async () => [tenantId],
});
await recordings.start?.();
for (;;) {
  let files = 0;
  for await (const _name of exportBlobs.list()) files++;
  process.stdout.write(`${files}\n`);
  await sleep(2);
}
