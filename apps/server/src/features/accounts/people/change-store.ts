import { newUuid, type UnixMs, type Uuid } from "@gatehouse/base";
import type { Insertable, Selectable } from "kysely";
import type { AccountsContext } from "../context.ts";
import type { AccountsDatabase } from "../tables.ts";
import type { PeopleTables, SentCode } from "./people-tables.ts";

export type ChangeKind = "email" | "phone";
export type PendingChange = Selectable<PeopleTables["pending_changes"]>;
export type Reversal = Selectable<PeopleTables["reversals"]>;

export async function listPending(
  db: AccountsDatabase,
  personId: Uuid,
  nowMs: UnixMs,
): Promise<PendingChange[]> {
  return db
    .selectFrom("pending_changes")
    .selectAll()
    .where("person_id", "=", personId)
    .where("expires_at", ">", new Date(nowMs))
    .execute();
}

/** Locked until the transaction ends, so that tries at the same time follow each other. */
export async function lockPending(
  tx: AccountsDatabase,
  personId: Uuid,
  kind: ChangeKind,
  nowMs: UnixMs,
): Promise<PendingChange | undefined> {
  return tx
    .selectFrom("pending_changes")
    .selectAll()
    .where("person_id", "=", personId)
    .where("kind", "=", kind)
    .where("expires_at", ">", new Date(nowMs))
    .forUpdate()
    .executeTakeFirst();
}

export async function putPending(
  tx: AccountsDatabase,
  row: Omit<PendingChange, "value"> & { readonly value: Uint8Array },
): Promise<void> {
  const { person_id, kind, ...rest } = row;
  const values = { ...rest, value: Buffer.from(row.value), code: JSON.stringify(row.code) };
  await tx
    .insertInto("pending_changes")
    .values({ person_id, kind, ...values })
    .onConflict((conflict) => conflict.columns(["person_id", "kind"]).doUpdateSet(values))
    .execute();
}

export async function putPendingCode(
  tx: AccountsDatabase,
  { person_id, kind }: PendingChange,
  code: SentCode,
): Promise<void> {
  await tx
    .updateTable("pending_changes")
    .set({ code: JSON.stringify(code) })
    .where("person_id", "=", person_id)
    .where("kind", "=", kind)
    .execute();
}

export async function deletePending(tx: AccountsDatabase, personId: Uuid, kind?: ChangeKind): Promise<void> {
  let query = tx.deleteFrom("pending_changes").where("person_id", "=", personId);
  if (kind !== undefined) query = query.where("kind", "=", kind);
  await query.execute();
}

export async function insertReversal(
  tx: AccountsDatabase,
  row: Insertable<PeopleTables["reversals"]>,
): Promise<void> {
  await tx.insertInto("reversals").values(row).execute();
}

export async function lockReversal(
  tx: AccountsDatabase,
  linkHash: string,
  nowMs: UnixMs,
): Promise<Reversal | undefined> {
  return tx
    .selectFrom("reversals")
    .selectAll()
    .where("link_hash", "=", linkHash)
    .where("expires_at", ">", new Date(nowMs))
    .forUpdate()
    .executeTakeFirst();
}

/** This one and those of later changes: what a thief changed after it cannot take it back again. */
export async function deleteReversalsFrom(
  tx: AccountsDatabase,
  { person_id, expires_at }: Reversal,
): Promise<void> {
  await tx
    .deleteFrom("reversals")
    .where("person_id", "=", person_id)
    .where("expires_at", ">=", expires_at)
    .execute();
}

/** Ways to log in that were added since then. */
export async function deleteFactorsSince(
  tx: AccountsDatabase,
  personId: Uuid,
  sinceMs: UnixMs,
): Promise<void> {
  for (const table of ["passkeys", "totp_secrets", "sent_code_factors", "recovery_codes"] as const)
    await tx
      .deleteFrom(table)
      .where("person_id", "=", personId)
      .where("created_at", ">=", new Date(sinceMs))
      .execute();
}

export async function setEmail(
  tx: AccountsDatabase,
  personId: Uuid,
  email: string,
  key: string,
): Promise<void> {
  await tx.updateTable("people").set({ email, email_key: key }).where("id", "=", personId).execute();
}

export async function setPersonal(
  tx: AccountsDatabase,
  personId: Uuid,
  columns: Partial<
    Record<"phone" | "phone_index" | "address" | "identity_number" | "identity_index", Buffer | null>
  >,
): Promise<void> {
  await tx.updateTable("people").set(columns).where("id", "=", personId).execute();
}

export async function clearPassword(tx: AccountsDatabase, personId: Uuid): Promise<void> {
  await tx.updateTable("people").set({ password_hash: "" }).where("id", "=", personId).execute();
}

/** A link by which this person, and nobody who asks, chooses a new password; answers nothing but takes the token's hash. */
export async function insertResetLink(
  tx: AccountsDatabase,
  { clock, random }: Pick<AccountsContext, "clock" | "random">,
  person: { readonly id: Uuid; readonly email_key: string },
  tokenHash: string,
  expiresMs: UnixMs,
): Promise<void> {
  await tx
    .insertInto("mail_requests")
    .values({
      id: newUuid(clock, random),
      purpose: "reset",
      email_key: person.email_key,
      browser_hash: null,
      requested_at: new Date(clock.nowMs()),
      expires_at: new Date(expiresMs),
      person_id: person.id,
      token_hash: tokenHash,
    })
    .execute();
}

export async function deleteExpiredChanges(db: AccountsDatabase, nowMs: UnixMs): Promise<void> {
  const now = new Date(nowMs);
  await db.deleteFrom("pending_changes").where("expires_at", "<=", now).execute();
  await db.deleteFrom("reversals").where("expires_at", "<=", now).execute();
}
