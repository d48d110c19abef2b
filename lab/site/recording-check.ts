import { join } from "node:path";
import { silentLogger, systemClock, systemRandom } from "@gatehouse/base";
import { logEntries } from "../../apps/server/src/compose/recording-wiring.ts";
import {
  type LedgerTables,
  logReader,
  recordingSigner,
  trailAlone,
} from "../../apps/server/src/features/ledger/index.ts";
import {
  checkRecordings,
  type RecordingReport,
  type RecordingTables,
} from "../../apps/server/src/features/recordings/index.ts";
import { createFolderBlobs } from "../../apps/server/src/platform/blobs/index.ts";
import { createDatabase, createPool } from "../../apps/server/src/platform/database/index.ts";
import { runningConnection } from "../../apps/server/src/platform/database/running-connection.ts";
import { openMasterKey } from "../../apps/server/src/platform/secrets/index.ts";
import type { Site } from "./site.ts";

/** What `gatehouse check` says of the site's recordings, with the site's controls. */
export async function checkSite({ dataDir, controls }: Site): Promise<RecordingReport> {
  const connection = await runningConnection(join(dataDir, "postgres"));
  const pool = createPool({ connection, log: silentLogger, maxConnections: 2 });
  try {
    const parts = { clock: systemClock, random: systemRandom };
    const masterKey = await openMasterKey(dataDir, systemRandom, { mayMake: false });
    return await checkRecordings(
      {
        ...parts,
        controls,
        masterKey,
        db: createDatabase<RecordingTables>(pool),
        blobs: createFolderBlobs(join(dataDir, "recordings"), systemRandom),
        signer: recordingSigner(masterKey),
        entries: logEntries(logReader(createDatabase<LedgerTables>(pool))),
        audit: trailAlone(parts),
      },
      { repair: false },
    );
  } finally {
    await pool.end();
  }
}
