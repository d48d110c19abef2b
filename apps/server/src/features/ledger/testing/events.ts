import type { LedgerEvent } from "@gatehouse/ledger";
import type { LedgerDatabase } from "../tables.ts";

/** Every event that has its place, in order. */
export async function openEvents(db: LedgerDatabase): Promise<LedgerEvent[]> {
  const rows = await db
    .selectFrom("ledger_entries")
    .select("event")
    .where("event", "is not", null)
    .orderBy("log_id")
    .orderBy("index")
    .execute();
  return rows.map(({ event }) => JSON.parse(Buffer.from(event ?? []).toString("utf8")) as LedgerEvent);
}
