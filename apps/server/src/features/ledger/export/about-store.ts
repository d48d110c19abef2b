import type { Uuid } from "@gatehouse/base";
import type { ledger } from "@gatehouse/contract";
import type { LedgerDatabase } from "../tables.ts";

export interface EntryAbout {
  readonly logId: number;
  readonly index: number;
  /** Its canonical bytes. */
  readonly event: Uint8Array;
}

/** An organisation's entries of one kind about these things that the log still has as a whole, by log and index. */
export async function entriesAbout(
  db: LedgerDatabase,
  tenantId: Uuid,
  kind: ledger.LedgerKind,
  subjectIds: readonly string[],
): Promise<EntryAbout[]> {
  if (subjectIds.length === 0) return [];
  const rows = await db
    .selectFrom("ledger_entries")
    .select(["log_id", "index", "event"])
    .where("tenant_id", "=", tenantId)
    .where("subject_id", "in", [...subjectIds])
    .where("kind", "=", kind)
    .where("event", "is not", null)
    .orderBy("log_id")
    .orderBy("index")
    .execute();
  return rows.map(({ log_id: logId, index, event }) => ({ logId, index, event: event as Uint8Array }));
}
