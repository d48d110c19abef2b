import type { Clock, Logger, Random } from "@gatehouse/base";
import type { AuditTrail } from "../../platform/audit/index.ts";
import type { Lookup } from "../../platform/outgoing/index.ts";
import type { CopyStore } from "./copying/copy-store.ts";
import type { Segments } from "./ports.ts";
import type { OffsiteDatabase } from "./tables.ts";
import type { TargetSecrets } from "./targets/target-secrets.ts";
import type { TargetStore } from "./targets/target-store.ts";

/** What every part of the slice works with. */
export interface OffsiteContext {
  readonly db: OffsiteDatabase;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly audit: AuditTrail;
  readonly segments: Segments;
  readonly targets: TargetStore;
  readonly copies: CopyStore;
  readonly secrets: TargetSecrets;
  /** Of names of hosts; the system's unless told. */
  readonly lookup?: Lookup;
}
