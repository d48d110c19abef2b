import type { UnixMs, Uuid } from "@gatehouse/base";
import { sql } from "kysely";
import type { AnyDatabase } from "../../../platform/database/index.ts";
import type { LedgerDatabase } from "../tables.ts";

/** Deletes values and salts about a person, and texts that hold all words of one of `alternatives`; answers how many. */
export async function deletePersonal(
  tx: AnyDatabase,
  tenantId: Uuid,
  personId: Uuid,
  alternatives: readonly (readonly string[])[],
): Promise<number> {
  const found = alternatives.map((words) => sql`or words @> ${words}::bigint[]`);
  const { rows } = await sql`
    delete from ledger_personal
    where (tenant_id = ${tenantId} or tenant_id is null)
      and (person_id = ${personId} ${found.length === 0 ? sql`` : sql.join(found, sql` `)})
    returning event_id`.execute(tx);
  return rows.length;
}

export interface SealedPart {
  readonly count: number;
  /** One more than the highest index among them. */
  readonly beforeIndex: number;
}

/** Takes the content from the oldest entries of an organisation (or of nobody) that a checkpoint covers. */
export async function sealEntries(
  tx: LedgerDatabase,
  part: { readonly logId: number; readonly tenantId: Uuid | undefined },
  {
    beforeMs,
    covered,
    limit,
  }: { readonly beforeMs: UnixMs; readonly covered: number; readonly limit: number },
): Promise<SealedPart> {
  const ours = part.tenantId === undefined ? sql`tenant_id is null` : sql`tenant_id = ${part.tenantId}`;
  const { rows } = await sql<{ index: number; event_id: string }>`
    update ledger_entries set event = null, kind = null, outcome = null, actor_kind = null, actor_id = null,
      subject_kind = null, subject_id = null
    where log_id = ${part.logId} and index in (
      select index from ledger_entries
      where log_id = ${part.logId} and ${ours} and event is not null and at < ${new Date(beforeMs)}
        and index < ${covered} and kind not like 'ledger.%' and kind not like 'installation.%'
      order by index limit ${limit})
    returning index, event_id`.execute(tx);
  const eventIds = rows.map(({ event_id }) => event_id);
  await sql`delete from ledger_personal where event_id = any(${eventIds}::uuid[])`.execute(tx);
  return { count: rows.length, beforeIndex: rows.reduce((most, { index }) => Math.max(most, index + 1), 0) };
}
