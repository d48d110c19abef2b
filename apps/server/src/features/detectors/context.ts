import type { Clock, Logger, Random } from "@gatehouse/base";
import type { AuditTrail } from "../../platform/audit/index.ts";
import type { Lookup } from "../../platform/outgoing/index.ts";
import type { CamerasInUse } from "./ports.ts";
import type { Secrets } from "./remote-secret.ts";
import type { DetectorDatabase } from "./tables.ts";

/** What every part of the slice works with. */
export interface DetectorsContext {
  readonly db: DetectorDatabase;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly audit: AuditTrail;
  readonly secrets: Secrets;
  readonly camerasInUse: CamerasInUse;
  /** Of names of hosts; the system's unless told. */
  readonly lookup?: Lookup;
}
