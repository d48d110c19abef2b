import type { UnixMs, Uuid } from "@gatehouse/base";
import type { ledger } from "@gatehouse/contract";
import { sql } from "kysely";
import type { LedgerDatabase } from "../tables.ts";
import { indexesOf } from "./entry-store.ts";

/** What other features ask of the log about their own things. */
export interface LogReader {
  /** Index of the newest entry of this kind about each of these things; absent for what has none in its place yet. */
  indexesOf(
    tenantId: Uuid,
    kind: ledger.LedgerKind,
    subjectIds: readonly string[],
  ): Promise<ReadonlyMap<string, number>>;
  /** `data` of every entry of this kind about a thing, also of those that wait for their place. */
  dataAbout(
    tenantId: Uuid,
    kind: ledger.LedgerKind,
    subjectId: string,
  ): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Of what happened until then the log has maybe only hashes left; 0 when it has everything. */
  sealedUntilMs(tenantId: Uuid): Promise<UnixMs>;
}

export const logReader = (db: LedgerDatabase): LogReader => ({
  indexesOf: (tenantId, kind, subjectIds) => indexesOf(db, tenantId, kind, subjectIds),
  async dataAbout(tenantId, kind, subjectId) {
    const { rows } = await sql<{ event: Uint8Array }>`
      select event from ledger_entries
      where tenant_id = ${tenantId} and subject_id = ${subjectId} and kind = ${kind}
      union all
      select event from ledger_pending
      where tenant_id = ${tenantId} and subject_id = ${subjectId} and kind = ${kind}`.execute(db);
    return rows.map(({ event }) => JSON.parse(Buffer.from(event).toString()).data);
  },
  async sealedUntilMs(tenantId) {
    const { rows } = await sql<{ at: Date | null }>`
      select max(at) as at from ledger_entries where tenant_id = ${tenantId} and event is null`.execute(db);
    return rows[0]?.at?.getTime() ?? 0;
  },
});
