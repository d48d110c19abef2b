import { type Clock, type Random, systemRandom } from "@gatehouse/base";
import type { AuditEvent } from "../../platform/audit/index.ts";
import type { MasterKey } from "../../platform/secrets/index.ts";
import { PersonalValues } from "./personal.ts";
import type { LedgerDatabase } from "./tables.ts";
import { Trail } from "./trail.ts";

/** For a command beside the server or without one: the server's sequencer gives the entry its place, now or at its next start. */
export async function recordAlone(
  db: LedgerDatabase,
  { clock, masterKey, random = systemRandom }: { clock: Clock; masterKey: MasterKey; random?: Random },
  event: AuditEvent,
): Promise<void> {
  const trail = new Trail({
    clock,
    random,
    values: new PersonalValues(masterKey, random),
    onRecorded: () => undefined,
  });
  await db.transaction().execute((tx) => trail.record(tx, event));
}
