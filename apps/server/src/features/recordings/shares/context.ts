import type { Clock, Logger, Random } from "@gatehouse/base";
import type { AuditTrail } from "../../../platform/audit/index.ts";
import type { Films, SharedCameras, Sharers } from "./ports.ts";
import type { ShareDatabase } from "./tables.ts";

/** What every part of sharing works with. */
export interface ShareContext {
  readonly db: ShareDatabase;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly audit: AuditTrail;
  readonly films: Films;
  readonly cameras: SharedCameras;
  readonly sharers: Sharers;
  publicUrl(): string;
}
