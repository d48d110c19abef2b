import type { UnixMs, Uuid } from "@gatehouse/base";
import { type Insertable, type Selectable, sql } from "kysely";
import type { AccountsDatabase, AccountsTables } from "../tables.ts";

export type MailRequestRow = Selectable<AccountsTables["mail_requests"]>;

/** False when as many wait already. */
export async function insertMailRequest(
  db: AccountsDatabase,
  row: Insertable<AccountsTables["mail_requests"]>,
  mostWaiting: number,
): Promise<boolean> {
  const { n } = await db
    .selectFrom("mail_requests")
    .select(sql<number>`count(*)::int`.as("n"))
    .where("token_hash", "is", null)
    .executeTakeFirstOrThrow();
  if (n >= mostWaiting) return false;
  await db.insertInto("mail_requests").values(row).execute();
  return true;
}

/** The oldest that nobody has looked up yet, locked; two that drain take different ones. */
export async function takeMailRequest(tx: AccountsDatabase): Promise<MailRequestRow | undefined> {
  return tx
    .selectFrom("mail_requests")
    .selectAll()
    .where("token_hash", "is", null)
    .orderBy("requested_at")
    .limit(1)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
}

export async function deleteMailRequest(tx: AccountsDatabase, id: Uuid): Promise<void> {
  await tx.deleteFrom("mail_requests").where("id", "=", id).execute();
}

/** Links mailed to this person for this purpose since then, at the wish of strangers or of this known browser. */
export async function countMailed(
  tx: AccountsDatabase,
  { purpose, device }: MailRequestRow,
  personId: Uuid,
  sinceMs: UnixMs,
): Promise<number> {
  const { n } = await tx
    .selectFrom("mail_requests")
    .select(sql<number>`count(*)::int`.as("n"))
    .where("person_id", "=", personId)
    .where("purpose", "=", purpose)
    .where("device", "=", device)
    .where("requested_at", ">", new Date(sinceMs))
    .executeTakeFirstOrThrow();
  return n;
}

export async function putToken(
  tx: AccountsDatabase,
  id: Uuid,
  personId: Uuid,
  tokenHash: string,
  expiresMs: UnixMs,
): Promise<void> {
  await tx
    .updateTable("mail_requests")
    .set({ person_id: personId, token_hash: tokenHash, expires_at: new Date(expiresMs) })
    .where("id", "=", id)
    .execute();
}

/** Links still open that an asked-for one takes the place of: the same browser's, or any for a new password. */
export async function endFormerLinks(
  tx: AccountsDatabase,
  { id, purpose, browser_hash }: MailRequestRow,
  personId: Uuid,
): Promise<void> {
  let query = tx
    .updateTable("mail_requests")
    .set({ token_hash: sql<string>`'ended ' || id` })
    .where("person_id", "=", personId)
    .where("purpose", "=", purpose)
    .where("token_hash", "is not", null)
    .where("id", "<>", id);
  if (browser_hash !== null) query = query.where("browser_hash", "=", browser_hash);
  await query.execute();
}

/** Locked until the transaction ends: a link is good once. */
export async function lockLink(
  tx: AccountsDatabase,
  purpose: MailRequestRow["purpose"],
  tokenHash: string,
  nowMs: UnixMs,
): Promise<MailRequestRow | undefined> {
  return tx
    .selectFrom("mail_requests")
    .selectAll()
    .where("token_hash", "=", tokenHash)
    .where("purpose", "=", purpose)
    .where("expires_at", ">", new Date(nowMs))
    .forUpdate()
    .executeTakeFirst();
}

/** Used or worthless: the row stays for the count of the hour. */
export async function spendLink(tx: AccountsDatabase, id: Uuid): Promise<void> {
  await tx
    .updateTable("mail_requests")
    .set({ token_hash: sql<string>`'ended ' || id` })
    .where("id", "=", id)
    .execute();
}

/** Every open link of a person: after a change of password. */
export async function endLinks(tx: AccountsDatabase, personId: Uuid): Promise<void> {
  await tx
    .updateTable("mail_requests")
    .set({ token_hash: sql<string>`'ended ' || id` })
    .where("person_id", "=", personId)
    .where("token_hash", "is not", null)
    .execute();
}
