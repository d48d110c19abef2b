import type { UnixMs, Uuid } from "@gatehouse/base";
import { type Insertable, type Selectable, sql, type Updateable } from "kysely";
import type { AccountsDatabase, AccountsTables } from "../tables.ts";
import type { SentMedium } from "./factor-tables.ts";

export type PasskeyRow = Selectable<AccountsTables["passkeys"]>;
export type TotpRow = Selectable<AccountsTables["totp_secrets"]>;

/** Everything a person can confirm with. */
export interface HeldFactors {
  readonly passkeys: readonly PasskeyRow[];
  readonly totp: TotpRow | undefined;
  readonly sent: ReadonlySet<SentMedium>;
  readonly recovery: { readonly left: number; readonly createdMs: UnixMs } | undefined;
}

export async function readFactors(db: AccountsDatabase, personId: Uuid): Promise<HeldFactors> {
  const passkeys = await db
    .selectFrom("passkeys")
    .selectAll()
    .where("person_id", "=", personId)
    .orderBy("created_at")
    .orderBy("id")
    .execute();
  const totp = await findTotp(db, personId);
  const sent = await db
    .selectFrom("sent_code_factors")
    .select("medium")
    .where("person_id", "=", personId)
    .execute();
  const recovery = await db
    .selectFrom("recovery_codes")
    .select([
      sql<number>`count(*) filter (where used_at is null)::int`.as("left"),
      sql<Date | null>`max(created_at)`.as("created"),
    ])
    .where("person_id", "=", personId)
    .executeTakeFirstOrThrow();
  return {
    passkeys,
    totp,
    sent: new Set(sent.map(({ medium }) => medium)),
    recovery:
      recovery.created === null ? undefined : { left: recovery.left, createdMs: recovery.created.getTime() },
  };
}

/** Whether this person has any second factor; recovery codes alone are none. */
export async function hasFactor(db: AccountsDatabase, personId: Uuid): Promise<boolean> {
  const { found } = await db
    .selectNoFrom((select) => [
      sql<boolean>`exists ${select.selectFrom("passkeys").select("id").where("person_id", "=", personId)}
        or exists ${select.selectFrom("totp_secrets").select("person_id").where("person_id", "=", personId)}
        or exists ${select.selectFrom("sent_code_factors").select("person_id").where("person_id", "=", personId)}`.as(
        "found",
      ),
    ])
    .executeTakeFirstOrThrow();
  return found;
}

export async function insertPasskey(
  db: AccountsDatabase,
  passkey: Insertable<AccountsTables["passkeys"]>,
): Promise<void> {
  await db.insertInto("passkeys").values(passkey).execute();
}

/** Locked until the transaction ends: two answers of one passkey follow each other. */
export async function lockPasskey(
  tx: AccountsDatabase,
  credentialId: string,
): Promise<PasskeyRow | undefined> {
  return tx
    .selectFrom("passkeys")
    .selectAll()
    .where("credential_id", "=", credentialId)
    .forUpdate()
    .executeTakeFirst();
}

export async function findPasskey(
  db: AccountsDatabase,
  credentialId: string,
): Promise<PasskeyRow | undefined> {
  return db.selectFrom("passkeys").selectAll().where("credential_id", "=", credentialId).executeTakeFirst();
}

export async function updatePasskey(
  db: AccountsDatabase,
  personId: Uuid,
  id: Uuid,
  change: Updateable<AccountsTables["passkeys"]>,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("passkeys")
    .set(change)
    .where("id", "=", id)
    .where("person_id", "=", personId)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export async function deletePasskey(
  db: AccountsDatabase,
  personId: Uuid,
  id: Uuid,
): Promise<PasskeyRow | undefined> {
  return db
    .deleteFrom("passkeys")
    .where("id", "=", id)
    .where("person_id", "=", personId)
    .returningAll()
    .executeTakeFirst();
}

export async function findTotp(db: AccountsDatabase, personId: Uuid): Promise<TotpRow | undefined> {
  return db.selectFrom("totp_secrets").selectAll().where("person_id", "=", personId).executeTakeFirst();
}

export async function lockTotp(tx: AccountsDatabase, personId: Uuid): Promise<TotpRow | undefined> {
  return tx
    .selectFrom("totp_secrets")
    .selectAll()
    .where("person_id", "=", personId)
    .forUpdate()
    .executeTakeFirst();
}

export async function insertTotp(db: AccountsDatabase, row: Omit<TotpRow, "last_used_at">): Promise<void> {
  await db.insertInto("totp_secrets").values(row).execute();
}

export async function useTotp(
  db: AccountsDatabase,
  personId: Uuid,
  counter: number,
  nowMs: UnixMs,
): Promise<void> {
  await db
    .updateTable("totp_secrets")
    .set({ last_counter: counter, last_used_at: new Date(nowMs) })
    .where("person_id", "=", personId)
    .execute();
}

export async function deleteTotp(db: AccountsDatabase, personId: Uuid): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom("totp_secrets")
    .where("person_id", "=", personId)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

export async function insertSentFactor(
  db: AccountsDatabase,
  personId: Uuid,
  medium: SentMedium,
  nowMs: UnixMs,
): Promise<void> {
  await db
    .insertInto("sent_code_factors")
    .values({ person_id: personId, medium, created_at: new Date(nowMs) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function deleteSentFactor(
  db: AccountsDatabase,
  personId: Uuid,
  medium: SentMedium,
): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom("sent_code_factors")
    .where("person_id", "=", personId)
    .where("medium", "=", medium)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/** In place of all earlier ones; an empty list leaves none. */
export async function putRecoveryCodes(
  tx: AccountsDatabase,
  personId: Uuid,
  macs: readonly string[],
  nowMs: UnixMs,
): Promise<void> {
  await tx.deleteFrom("recovery_codes").where("person_id", "=", personId).execute();
  if (macs.length === 0) return;
  const created_at = new Date(nowMs);
  await tx
    .insertInto("recovery_codes")
    .values(macs.map((mac) => ({ person_id: personId, mac, created_at })))
    .execute();
}

/** What is stored of one of a person's codes, used or not; undefined when there are none. */
export async function findRecoveryCode(db: AccountsDatabase, personId: Uuid): Promise<string | undefined> {
  const row = await db
    .selectFrom("recovery_codes")
    .select("mac")
    .where("person_id", "=", personId)
    .limit(1)
    .executeTakeFirst();
  return row?.mac;
}

/** True for one that was not used yet; from now on it is. */
export async function useRecoveryCode(
  db: AccountsDatabase,
  personId: Uuid,
  mac: string,
  nowMs: UnixMs,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("recovery_codes")
    .set({ used_at: new Date(nowMs) })
    .where("person_id", "=", personId)
    .where("mac", "=", mac)
    .where("used_at", "is", null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
