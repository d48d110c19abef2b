import { AppError, type UnixMs, type Uuid } from "@gatehouse/base";
import type { accounts, Language } from "@gatehouse/contract";
import { type Insertable, type Selectable, sql } from "kysely";
import type { AccountsDatabase, AccountsTables } from "../tables.ts";

export type PersonRow = Selectable<AccountsTables["people"]>;

export const emailKey = (email: string): string => email.normalize("NFC").toLowerCase();

export const viewPerson = (row: PersonRow): accounts.Person => ({
  id: row.id,
  name: row.name,
  email: row.email,
  role: row.role,
  language: row.language,
  theme: row.theme,
  singleKeys: row.single_keys,
  createdMs: row.created_at.getTime(),
  ...(row.last_login_at === null ? {} : { lastLoginMs: row.last_login_at.getTime() }),
});

export async function countPeople(db: AccountsDatabase): Promise<number> {
  const { n } = await db
    .selectFrom("people")
    .select(sql<number>`count(*)::int`.as("n"))
    .executeTakeFirstOrThrow();
  return n;
}

export async function firstTenantId(db: AccountsDatabase): Promise<Uuid | undefined> {
  return (
    await db
      .selectFrom("tenants")
      .select("id")
      .orderBy("created_at")
      .orderBy("id")
      .limit(1)
      .executeTakeFirst()
  )?.id;
}

export async function listTenantIds(db: AccountsDatabase): Promise<Uuid[]> {
  return (await db.selectFrom("tenants").select("id").execute()).map(({ id }) => id);
}

/** Every organisation with how many people it has; the first one first. */
export async function countPeopleByTenant(
  db: AccountsDatabase,
): Promise<{ readonly id: Uuid; readonly createdMs: UnixMs; readonly people: number }[]> {
  const rows = await db
    .selectFrom("tenants as t")
    .leftJoin("people as p", (join) => join.onRef("p.tenant_id", "=", "t.id").on("p.state", "<>", "erased"))
    .select(["t.id", "t.created_at"])
    .select(({ fn }) => fn.count<number>("p.id").as("people"))
    .groupBy("t.id")
    .orderBy("t.created_at")
    .orderBy("t.id")
    .execute();
  return rows.map((row) => ({ id: row.id, createdMs: row.created_at.getTime(), people: row.people }));
}

export async function insertTenant(
  db: AccountsDatabase,
  tenant: { id: Uuid; name: string },
  nowMs: UnixMs,
): Promise<void> {
  await db
    .insertInto("tenants")
    .values({ ...tenant, created_at: new Date(nowMs) })
    .execute();
}

/** With everything that is the tenant's. */
export async function deleteTenant(db: AccountsDatabase, tenantId: Uuid): Promise<void> {
  await db.deleteFrom("tenants").where("id", "=", tenantId).execute();
}

export async function insertPerson(
  db: AccountsDatabase,
  person: Omit<Insertable<AccountsTables["people"]>, "last_login_at">,
): Promise<void> {
  await db.insertInto("people").values(person).execute();
}

export async function findPersonByEmail(db: AccountsDatabase, email: string): Promise<PersonRow | undefined> {
  return db.selectFrom("people").selectAll().where("email_key", "=", emailKey(email)).executeTakeFirst();
}

export interface ForeignHashes {
  /** Of all accounts, 0..1. */
  readonly share: number;
  /** Some of them. */
  readonly sample: readonly string[];
}

/** Passwords still hashed as an older system did. */
export async function readForeignHashes(db: AccountsDatabase): Promise<ForeignHashes> {
  const foreign = sql<boolean>`password_hash <> '' and password_hash not like '$argon2id$%'`;
  const { share } = await db
    .selectFrom("people")
    .select(sql<number>`coalesce(avg((${foreign})::int), 0)::float8`.as("share"))
    .executeTakeFirstOrThrow();
  if (share === 0) return { share, sample: [] };
  const rows = await db.selectFrom("people").select("password_hash").where(foreign).limit(100).execute();
  return { share, sample: rows.map(({ password_hash }) => password_hash) };
}

/** Fails with account.not_found: the command line acts as nobody in particular. */
export async function getPerson(db: AccountsDatabase, tenantId: Uuid, personId: Uuid): Promise<PersonRow> {
  return db
    .selectFrom("people")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .where("id", "=", personId)
    .executeTakeFirstOrThrow(() => new AppError("account.not_found"));
}

/** As it is now; nobody changes it until the transaction ends. Lets rows that point to the person be written. */
export async function lockPerson(tx: AccountsDatabase, personId: Uuid): Promise<PersonRow | undefined> {
  return tx.selectFrom("people").selectAll().where("id", "=", personId).forNoKeyUpdate().executeTakeFirst();
}

/** For the person of a session, whose tenant is not known yet. */
export async function getPersonById(db: AccountsDatabase, personId: Uuid): Promise<PersonRow> {
  return db.selectFrom("people").selectAll().where("id", "=", personId).executeTakeFirstOrThrow();
}

export function findPersonById(db: AccountsDatabase, personId: Uuid): Promise<PersonRow | undefined> {
  return db.selectFrom("people").selectAll().where("id", "=", personId).executeTakeFirst();
}

export async function setPersonRole(
  db: AccountsDatabase,
  tenantId: Uuid,
  personId: Uuid,
  role: PersonRow["role"],
): Promise<void> {
  await db
    .updateTable("people")
    .set({ role })
    .where("tenant_id", "=", tenantId)
    .where("id", "=", personId)
    .execute();
}

export async function listPeople(db: AccountsDatabase, tenantId: Uuid): Promise<PersonRow[]> {
  return db
    .selectFrom("people")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .orderBy("name")
    .orderBy("id")
    .execute();
}

export async function listLanguages(
  db: AccountsDatabase,
): Promise<{ readonly tenantId: Uuid; readonly emailKey: string; readonly language: Language }[]> {
  return db
    .selectFrom("people")
    .select(["tenant_id as tenantId", "email_key as emailKey", "language"])
    .execute();
}

export interface PersonChange {
  readonly name?: string | undefined;
  readonly language?: PersonRow["language"] | undefined;
  readonly theme?: PersonRow["theme"] | undefined;
  readonly single_keys?: boolean | undefined;
  readonly password_hash?: string | undefined;
  readonly last_login_at?: Date | undefined;
}

export async function updatePerson(
  db: AccountsDatabase,
  tenantId: Uuid,
  personId: Uuid,
  change: PersonChange,
): Promise<void> {
  const set = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  if (Object.keys(set).length === 0) return;
  await db
    .updateTable("people")
    .set(set)
    .where("tenant_id", "=", tenantId)
    .where("id", "=", personId)
    .execute();
}

/** Replaces the token; every earlier link ends. */
export async function putSetupToken(db: AccountsDatabase, tokenHash: string): Promise<void> {
  await db
    .insertInto("setup_token")
    .values({ token_hash: tokenHash })
    .onConflict((conflict) => conflict.column("only_one").doUpdateSet({ token_hash: tokenHash }))
    .execute();
}

/** Locks the row, so that of two who come at once one waits for the other. */
export async function lockSetupToken(tx: AccountsDatabase): Promise<string | undefined> {
  return (await tx.selectFrom("setup_token").select("token_hash").forUpdate().executeTakeFirst())?.token_hash;
}

export async function deleteSetupToken(tx: AccountsDatabase): Promise<void> {
  await tx.deleteFrom("setup_token").execute();
}
