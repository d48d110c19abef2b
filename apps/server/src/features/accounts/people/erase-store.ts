import type { UnixMs, Uuid } from "@gatehouse/base";
import type { AccountsDatabase } from "../tables.ts";

/** Tables of this feature in which everything of a person goes. */
const OF_PERSON = [
  "sessions",
  "passkeys",
  "totp_secrets",
  "sent_code_factors",
  "recovery_codes",
  "ceremonies",
  "code_budgets",
  "mail_requests",
  "pending_changes",
  "reversals",
  "sign_ups",
] as const;

/** The row stays: what others have written points to it. Its e-mail key is one that nobody can type. */
export async function erasePersonRow(
  tx: AccountsDatabase,
  { id, tenant_id, email_key }: { readonly id: Uuid; readonly tenant_id: Uuid; readonly email_key: string },
): Promise<void> {
  await tx
    .updateTable("people")
    .set({
      state: "erased",
      name: "",
      email: "",
      email_key: `erased ${id}`,
      password_hash: "",
      phone: null,
      phone_index: null,
      address: null,
      identity_number: null,
      identity_index: null,
      decision_reason: null,
      last_login_at: null,
    })
    .where("id", "=", id)
    .execute();
  for (const table of OF_PERSON) await tx.deleteFrom(table).where("person_id", "=", id).execute();
  await tx.deleteFrom("sign_ups").where("email_key", "=", email_key).execute();
  await tx
    .deleteFrom("invitations")
    .where("tenant_id", "=", tenant_id)
    .where("email_key", "=", email_key)
    .execute();
}

export async function putErasure(
  tx: AccountsDatabase,
  personId: Uuid,
  requestedBy: "person" | "operator",
  requestedMs: UnixMs,
  dueMs: UnixMs,
): Promise<void> {
  const values = {
    requested_at: new Date(requestedMs),
    requested_by: requestedBy,
    due_at: new Date(dueMs),
  };
  await tx
    .insertInto("erasures")
    .values({ person_id: personId, ...values })
    .onConflict((conflict) => conflict.column("person_id").doUpdateSet(values))
    .execute();
}

export async function finishErasure(
  tx: AccountsDatabase,
  personId: Uuid,
  doneMs: UnixMs,
  kept: readonly string[],
): Promise<void> {
  await tx
    .updateTable("erasures")
    .set({ done_at: new Date(doneMs), kept: [...kept] })
    .where("person_id", "=", personId)
    .execute();
}

export async function findErasure(db: AccountsDatabase, personId: Uuid) {
  return db.selectFrom("erasures").selectAll().where("person_id", "=", personId).executeTakeFirst();
}

/** Answers whether there was one that was not done yet. */
export async function deleteErasure(tx: AccountsDatabase, personId: Uuid): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom("erasures")
    .where("person_id", "=", personId)
    .where("done_at", "is", null)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/** People whose erasure is due, and those turned away long ago. */
export async function listDueErasures(
  db: AccountsDatabase,
  nowMs: UnixMs,
  rejectedBeforeMs: UnixMs,
): Promise<Uuid[]> {
  const rows = await db
    .selectFrom("people as p")
    .leftJoin("erasures as e", "e.person_id", "p.id")
    .select("p.id")
    .where("p.state", "<>", "erased")
    .where((where) =>
      where.or([
        where.and([where("e.done_at", "is", null), where("e.due_at", "<=", new Date(nowMs))]),
        where.and([
          where("p.state", "=", "rejected"),
          where("p.decided_at", "<=", new Date(rejectedBeforeMs)),
        ]),
      ]),
    )
    .limit(500)
    .execute();
  return rows.map(({ id }) => id);
}

export async function listErased(db: AccountsDatabase): Promise<Uuid[]> {
  const rows = await db.selectFrom("people").select("id").where("state", "=", "erased").execute();
  return rows.map(({ id }) => id);
}
