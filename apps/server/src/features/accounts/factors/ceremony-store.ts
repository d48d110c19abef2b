import type { UnixMs, Uuid } from "@gatehouse/base";
import { type Insertable, type Selectable, sql, type Updateable } from "kysely";
import type { AccountsDatabase, AccountsTables } from "../tables.ts";

export type CeremonyRow = Selectable<AccountsTables["ceremonies"]>;

/** One a session and purpose: a new one takes the place of the one before. */
export async function insertCeremony(
  db: AccountsDatabase,
  row: Insertable<AccountsTables["ceremonies"]>,
): Promise<CeremonyRow> {
  if (row.session_id !== null && row.session_id !== undefined)
    await db
      .deleteFrom("ceremonies")
      .where("session_id", "=", row.session_id)
      .where("purpose", "=", row.purpose)
      .execute();
  return db.insertInto("ceremonies").values(row).returningAll().executeTakeFirstOrThrow();
}

/** Locked until the transaction ends: answers to one ceremony follow each other. */
export async function lockCeremony(
  tx: AccountsDatabase,
  id: Uuid,
  nowMs: UnixMs,
): Promise<CeremonyRow | undefined> {
  return tx
    .selectFrom("ceremonies")
    .selectAll()
    .where("id", "=", id)
    .where("expires_at", ">", new Date(nowMs))
    .forUpdate()
    .executeTakeFirst();
}

export async function findCeremony(
  db: AccountsDatabase,
  id: Uuid,
  nowMs: UnixMs,
): Promise<CeremonyRow | undefined> {
  return db
    .selectFrom("ceremonies")
    .selectAll()
    .where("id", "=", id)
    .where("expires_at", ">", new Date(nowMs))
    .executeTakeFirst();
}

/** Of a session, with this purpose; locked until the transaction ends. */
export async function lockSessionCeremony(
  tx: AccountsDatabase,
  sessionId: Uuid,
  purpose: CeremonyRow["purpose"],
  nowMs: UnixMs,
): Promise<CeremonyRow | undefined> {
  return tx
    .selectFrom("ceremonies")
    .selectAll()
    .where("session_id", "=", sessionId)
    .where("purpose", "=", purpose)
    .where("expires_at", ">", new Date(nowMs))
    .forUpdate()
    .executeTakeFirst();
}

export async function updateCeremony(
  db: AccountsDatabase,
  id: Uuid,
  change: Updateable<AccountsTables["ceremonies"]>,
): Promise<void> {
  await db.updateTable("ceremonies").set(change).where("id", "=", id).execute();
}

export async function deleteCeremony(db: AccountsDatabase, id: Uuid): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom("ceremonies").where("id", "=", id).executeTakeFirst();
  return numDeletedRows > 0n;
}

/** Half-done log-ins of a person: after a change of password, say. */
export async function deleteLoginCeremonies(db: AccountsDatabase, personId: Uuid): Promise<void> {
  await db
    .deleteFrom("ceremonies")
    .where("person_id", "=", personId)
    .where("purpose", "=", "login")
    .execute();
}

/** The oldest half-done log-ins of a person beyond `keep`. */
export async function deleteLoginCeremoniesBeyond(
  db: AccountsDatabase,
  personId: Uuid,
  keep: number,
): Promise<void> {
  const surplus = db
    .selectFrom("ceremonies")
    .select("id")
    .where("person_id", "=", personId)
    .where("purpose", "=", "login")
    .orderBy("created_at", "desc")
    .offset(keep);
  await db.deleteFrom("ceremonies").where("id", "in", surplus).execute();
}

/** False when it was answered before. */
export async function useChallenge(
  db: AccountsDatabase,
  challenge: string,
  expiresMs: UnixMs,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto("used_challenges")
    .values({ challenge, expires_at: new Date(expiresMs) })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return (numInsertedOrUpdatedRows ?? 0n) > 0n;
}

const DAY_MS = 86_400_000;

/**
 * Counts one wrong code and answers how many there are within a day since the first; a clock set back does not
 * lengthen the day. Rises to `most` + 1 at the highest.
 */
export async function countWrongCode(
  db: AccountsDatabase,
  personId: Uuid,
  device: string,
  most: number,
  nowMs: UnixMs,
): Promise<number> {
  const now = new Date(nowMs);
  const dayAgo = new Date(nowMs - DAY_MS);
  const { wrong } = await db
    .insertInto("code_budgets")
    .values({ person_id: personId, device, since: now, wrong: 1 })
    .onConflict((conflict) =>
      conflict.columns(["person_id", "device"]).doUpdateSet({
        wrong: sql<number>`case when code_budgets.since <= ${dayAgo} then 1
          else least(code_budgets.wrong + 1, ${most + 1}) end`,
        since: sql<Date>`case when code_budgets.since <= ${dayAgo} then ${now}::timestamptz
          else least(code_budgets.since, ${now}::timestamptz) end`,
      }),
    )
    .returning("wrong")
    .executeTakeFirstOrThrow();
  return wrong;
}

/** A code counted as wrong was right. */
export async function uncountWrongCode(db: AccountsDatabase, personId: Uuid, device: string): Promise<void> {
  await db
    .updateTable("code_budgets")
    .set({ wrong: sql<number>`greatest(wrong - 1, 0)` })
    .where("person_id", "=", personId)
    .where("device", "=", device)
    .execute();
}

/** Rows whose time is over. */
export async function deleteOldCeremonies(db: AccountsDatabase, nowMs: UnixMs): Promise<void> {
  const now = new Date(nowMs);
  await db.deleteFrom("ceremonies").where("expires_at", "<", now).execute();
  await db.deleteFrom("used_challenges").where("expires_at", "<", now).execute();
  await db.deleteFrom("mail_requests").where("expires_at", "<", now).execute();
  await db
    .deleteFrom("code_budgets")
    .where("since", "<", new Date(nowMs - DAY_MS))
    .execute();
}
