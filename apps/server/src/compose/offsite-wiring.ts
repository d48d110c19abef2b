import { join } from "node:path";
import type { DevicesFeature } from "../features/devices/index.ts";
import { createOffsite, type OffsiteFeature, type OffsiteTables } from "../features/offsite/index.ts";
import type { RecordingsFeature } from "../features/recordings/index.ts";
import type { AuditTrail } from "../platform/audit/index.ts";
import { createFolderBlobs } from "../platform/blobs/index.ts";
import type { Config } from "../platform/config/schema.ts";
import type { createDatabase } from "../platform/database/index.ts";
import type { House } from "./house.ts";

/** Where copies of other installations lie. */
export const copiesFolder = (config: Pick<Config, "dataDir">): string => join(config.dataDir, "copies");

interface Shared {
  readonly db: ReturnType<typeof createDatabase<OffsiteTables>>;
  readonly audit: AuditTrail;
}

/** Copies of recordings elsewhere. */
export function offsiteOf(
  { clock, config, log, masterKey, random }: House,
  { db, audit }: Shared,
  { devices, recordings }: { readonly devices: DevicesFeature; readonly recordings: RecordingsFeature },
): OffsiteFeature {
  return createOffsite({
    ...{ db, audit, clock, log, masterKey, random },
    segments: recordings.sealed,
    copyBlobs: createFolderBlobs(copiesFolder(config), random),
    cameraIds: (scope) => new Set(devices.idsWithin(scope)),
  });
}
