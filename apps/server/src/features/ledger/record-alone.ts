import { type Clock, type Random, systemRandom } from "@gatehouse/base";
import type { AuditEvent } from "../../platform/audit/index.ts";
import type { LedgerDatabase } from "./tables.ts";
import { Trail } from "./trail.ts";

/**
 * For a command beside the server or without one: the server's sequencer gives the entry its place, now or at its next
 * start. Needs no key, and therefore takes nothing about people.
 */
export async function recordAlone(
  db: LedgerDatabase,
  { clock, random = systemRandom }: { clock: Clock; random?: Random },
  event: AuditEvent,
): Promise<void> {
  const trail = new Trail({
    clock,
    random,
    values: {
      seal() {
        throw new Error("a command records nothing about people");
      },
    },
    onRecorded: () => undefined,
  });
  await db.transaction().execute((tx) => trail.record(tx, event));
}
