/** Copies to a store until it is killed. */
import { silentLogger, systemClock, systemRandom } from "@gatehouse/base";
import { recordingTrail } from "../../../platform/audit/testing/recording-trail.ts";
import { createFolderBlobs } from "../../../platform/blobs/index.ts";
import { createDatabase, createPool, type PostgresConnection } from "../../../platform/database/index.ts";
import { createOffsite } from "../index.ts";
import type { OffsiteTables } from "../tables.ts";
import { type KeptSegment, MASTER_KEY, TestSegments } from "./segments.ts";

const { connection, kept } = JSON.parse(process.argv[2] ?? "") as {
  connection: PostgresConnection;
  kept: Omit<KeptSegment, "segment" | "key"> & { readonly seed: number };
};
const segments = new TestSegments();
segments.addAgain(kept);
const offsite = createOffsite({
  db: createDatabase<OffsiteTables>(createPool({ connection, log: silentLogger })),
  ...{ clock: systemClock, random: systemRandom, log: silentLogger, audit: recordingTrail() },
  ...{
    masterKey: MASTER_KEY,
    segments,
    cameraIds: () => new Set(),
    copyBlobs: createFolderBlobs("", systemRandom),
  },
});
await offsite.start?.();
// Timers of the clock keep no process alive.
setInterval(() => undefined, 1_000);
