import { type Clock, type Random, systemRandom } from "@gatehouse/base";
import type { AuditEvent, AuditTrail } from "../../platform/audit/index.ts";
import type { LedgerDatabase } from "./tables.ts";
import { Trail } from "./trail.ts";

interface Needs {
  readonly clock: Clock;
  readonly random?: Random;
}

/**
 * For a command beside the server or without one: the server's sequencer gives the entries their place, now or at its
 * next start. Needs no key, and therefore takes nothing about people.
 */
export const trailAlone = ({ clock, random = systemRandom }: Needs): AuditTrail =>
  new Trail({
    clock,
    random,
    values: {
      seal() {
        throw new Error("a command records nothing about people");
      },
    },
    onRecorded: () => undefined,
  });

/** One entry, in a transaction of its own. */
export async function recordAlone(db: LedgerDatabase, needs: Needs, event: AuditEvent): Promise<void> {
  await db.transaction().execute((tx) => trailAlone(needs).record(tx, event));
}
