import type { Clock, Logger, Random } from "@gatehouse/base";
import type { AuditTrail } from "../../platform/audit/index.ts";
import type { Cameras, Devices, Events, People, Pins, Recorded } from "./ports.ts";
import type { CaseDatabase } from "./tables.ts";

/** What every part of the slice works with. */
export interface CaseContext {
  readonly db: CaseDatabase;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly audit: AuditTrail;
  readonly events: Events;
  readonly cameras: Cameras;
  readonly devices: Devices;
  readonly pins: Pins;
  readonly recorded: Recorded;
  readonly people: People;
}
