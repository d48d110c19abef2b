import type { Uuid } from "@gatehouse/base";
import type { ledger } from "@gatehouse/contract";
import type { LedgerDatabase } from "../tables.ts";

export interface EntryAbout {
  readonly logId: number;
  readonly index: number;
  /** Its canonical bytes. */
  readonly event: Uint8Array;
}

/** Entries of one of these kinds about one of these things. */
export interface About {
  readonly kinds: readonly ledger.LedgerKind[];
  readonly subjectIds: readonly string[];
}

/** An organisation's entries about these things that the log still has as a whole, by log and index. */
export async function entriesAbout(
  db: LedgerDatabase,
  tenantId: Uuid,
  about: readonly About[],
): Promise<EntryAbout[]> {
  const asked = about.filter(({ kinds, subjectIds }) => kinds.length > 0 && subjectIds.length > 0);
  if (asked.length === 0) return [];
  const rows = await db
    .selectFrom("ledger_entries")
    .select(["log_id", "index", "event"])
    .where("tenant_id", "=", tenantId)
    .where((where) =>
      where.or(
        asked.map(({ kinds, subjectIds }) =>
          where.and([where("kind", "in", [...kinds]), where("subject_id", "in", [...subjectIds])]),
        ),
      ),
    )
    .where("event", "is not", null)
    .orderBy("log_id")
    .orderBy("index")
    .execute();
  return rows.map(({ log_id: logId, index, event }) => ({ logId, index, event: event as Uint8Array }));
}
