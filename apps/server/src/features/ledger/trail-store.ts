import { sql } from "kysely";
import type { AnyDatabase } from "../../platform/database/index.ts";
import type { NewEntry, SealedPersonal } from "./model.ts";

/** One statement in the caller's transaction: the event waits for its place, its personal values beside it. */
export async function insertPending(
  tx: AnyDatabase,
  entry: NewEntry,
  personal: readonly SealedPersonal[],
): Promise<void> {
  const tenantId = entry.tenantId ?? null;
  await sql`
    with entry as (
      insert into ledger_pending
        (event_id, tenant_id, kind, outcome, actor_kind, actor_id, subject_kind, subject_id, at, event, leaf_hash)
      values (${entry.eventId}, ${tenantId}, ${entry.kind}, ${entry.outcome}, ${entry.actor.kind}, ${entry.actor.id},
        ${entry.subject?.kind ?? null}, ${entry.subject?.id ?? null}, ${new Date(entry.atMs)},
        ${entry.event}, ${entry.leafHash}))
    insert into ledger_personal (event_id, name, tenant_id, person_id, salt, value, words)
    select ${entry.eventId}, u.name, ${tenantId}, u.person_id, u.salt, u.value, string_to_array(u.words, ',')::bigint[]
    from unnest(${personal.map(({ name }) => name)}::text[],
      ${personal.map(({ personId }) => personId ?? null)}::uuid[],
      ${personal.map(({ salt }) => Buffer.from(salt))}::bytea[],
      ${personal.map(({ value }) => Buffer.from(value))}::bytea[],
      ${personal.map(({ words }) => words.join(","))}::text[]) as u (name, person_id, salt, value, words)`.execute(
    tx,
  );
}
