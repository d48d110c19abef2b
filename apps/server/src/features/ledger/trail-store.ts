import { CompiledQuery } from "kysely";
import { type AnyDatabase, prepared } from "../../platform/database/index.ts";
import type { NewEntry, SealedPersonal } from "./model.ts";

const INSERT_ENTRY = `insert into ledger_pending
  (event_id, tenant_id, kind, outcome, actor_kind, actor_id, subject_kind, subject_id, at, event, leaf_hash)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`;
const ENTRY_VALUES = 11;
const PERSONAL_VALUES = 5;

/** By how many personal values there are. */
const statements: string[] = [];

/**
 * One statement in the caller's transaction: the event waits for its place, its personal values beside it. Written
 * plainly and planned once, for it is in the way of every act.
 */
export async function insertPending(
  tx: AnyDatabase,
  entry: NewEntry,
  personal: readonly SealedPersonal[],
): Promise<void> {
  const { eventId, tenantId = null, actor, subject } = entry;
  const values: unknown[] = [
    ...[eventId, tenantId, entry.kind, entry.outcome, actor.kind, actor.id, subject?.kind, subject?.id],
    ...[new Date(entry.atMs), entry.event, entry.leafHash],
  ];
  for (const { name, personId, salt, value, words } of personal)
    values.push(name, personId, salt, value, `{${words.join(",")}}`);
  statements[personal.length] ??= prepared(insertOf(personal.length));
  await tx.executeQuery(CompiledQuery.raw(statements[personal.length] as string, values));
}

function insertOf(personalCount: number): string {
  if (personalCount === 0) return INSERT_ENTRY;
  const rows = Array.from({ length: personalCount }, (_, row) => {
    const at = ENTRY_VALUES + row * PERSONAL_VALUES + 1;
    return `($1::uuid, $${at}::text, $2::uuid, $${at + 1}::uuid, $${at + 2}::bytea, $${at + 3}::bytea, $${at + 4}::bigint[])`;
  });
  return `with entry as (${INSERT_ENTRY})
    insert into ledger_personal (event_id, name, tenant_id, person_id, salt, value, words) values ${rows.join(", ")}`;
}
