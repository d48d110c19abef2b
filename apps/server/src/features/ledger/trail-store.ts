import { CompiledQuery } from "kysely";
import type { AnyDatabase } from "../../platform/database/index.ts";
import type { NewEntry, SealedPersonal } from "./model.ts";

const INSERT_ENTRY = `insert into ledger_pending
  (event_id, tenant_id, kind, outcome, actor_kind, actor_id, subject_kind, subject_id, at, event, leaf_hash)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`;
const ENTRY_VALUES = 11;

/**
 * One statement in the caller's transaction: the event waits for its place, its personal values beside it. Written
 * plainly, for it is in the way of every act.
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
  const rows = personal.map(({ name, personId, salt, value, words }, at) => {
    values.push(name, personId, salt, value, `{${words.join(",")}}`);
    const [first, second, third, fourth, fifth] = Array.from(
      { length: 5 },
      (_, n) => ENTRY_VALUES + 5 * at + n + 1,
    );
    return `($1::uuid, $${first}::text, $2::uuid, $${second}::uuid, $${third}::bytea, $${fourth}::bytea, $${fifth}::bigint[])`;
  });
  const sql =
    rows.length === 0
      ? INSERT_ENTRY
      : `with entry as (${INSERT_ENTRY})
         insert into ledger_personal (event_id, name, tenant_id, person_id, salt, value, words) values ${rows.join(", ")}`;
  await tx.executeQuery(CompiledQuery.raw(sql, values));
}
