import type { UnixMs, Uuid } from "@gatehouse/base";
import { type Insertable, type Selectable, sql } from "kysely";
import type { PeopleTables, SentCode } from "../people/people-tables.ts";
import type { AccountsDatabase } from "../tables.ts";

export type SignUpRow = Selectable<PeopleTables["sign_ups"]>;

export interface SignUpTenant {
  readonly tenantId: Uuid;
  readonly signUpId: string;
}

/** By the id of its sign-up link; without one, the only tenant there is. */
export async function findSignUpTenant(
  db: AccountsDatabase,
  signUpId: string | undefined,
): Promise<SignUpTenant | undefined> {
  let query = db.selectFrom("tenants").select(["id as tenantId", "sign_up_id as signUpId"]).limit(2);
  if (signUpId !== undefined) query = query.where("sign_up_id", "=", signUpId);
  const found = await query.execute();
  return found.length === 1 ? found[0] : undefined;
}

export async function signUpIdOf(db: AccountsDatabase, tenantId: Uuid): Promise<string> {
  const { sign_up_id } = await db
    .selectFrom("tenants")
    .select("sign_up_id")
    .where("id", "=", tenantId)
    .executeTakeFirstOrThrow();
  return sign_up_id;
}

/** Makes room first: the oldest that nobody has confirmed go, of this address beyond a few and of the tenant beyond many. */
export async function insertSignUp(
  tx: AccountsDatabase,
  row: Insertable<PeopleTables["sign_ups"]>,
  keep: { readonly ofAddress: number; readonly ofTenant: number },
): Promise<void> {
  const surplus = (column: "email_key" | "tenant_id", value: string, most: number) =>
    tx
      .deleteFrom("sign_ups")
      .where("id", "in", (of) =>
        of
          .selectFrom("sign_ups")
          .select("id")
          .where(column, "=", value)
          .where("person_id", "is", null)
          .where("email_confirmed_at", "is", null)
          .orderBy("created_at", "desc")
          .offset(most - 1),
      )
      .execute();
  await surplus("email_key", row.email_key, keep.ofAddress);
  await surplus("tenant_id", row.tenant_id, keep.ofTenant);
  await tx.insertInto("sign_ups").values(row).execute();
}

/** Locked until the transaction ends, so that tries at the same time follow each other; undefined once expired. */
export async function lockSignUp(
  tx: AccountsDatabase,
  by: { readonly id: Uuid } | { readonly linkHash: string },
  nowMs: UnixMs,
): Promise<SignUpRow | undefined> {
  const query = tx.selectFrom("sign_ups").selectAll().where("expires_at", ">", new Date(nowMs)).forUpdate();
  return "id" in by
    ? query.where("id", "=", by.id).executeTakeFirst()
    : query.where("link_hash", "=", by.linkHash).executeTakeFirst();
}

export async function updateSignUp(
  tx: AccountsDatabase,
  id: Uuid,
  { code, ...change }: Partial<Omit<SignUpRow, "code">> & { readonly code?: SentCode },
): Promise<void> {
  await tx
    .updateTable("sign_ups")
    .set({ ...change, ...(code === undefined ? {} : { code: JSON.stringify(code) }) })
    .where("id", "=", id)
    .execute();
}

export async function deleteSignUp(tx: AccountsDatabase, id: Uuid): Promise<void> {
  await tx.deleteFrom("sign_ups").where("id", "=", id).execute();
}

export async function deleteExpiredSignUps(db: AccountsDatabase, nowMs: UnixMs): Promise<void> {
  await db.deleteFrom("sign_ups").where("expires_at", "<=", new Date(nowMs)).execute();
}

/** People of the tenant who wait for a decision. */
export async function countWaiting(db: AccountsDatabase, tenantId: Uuid): Promise<number> {
  const { n } = await db
    .selectFrom("people")
    .select(sql<number>`count(*)::int`.as("n"))
    .where("tenant_id", "=", tenantId)
    .where("state", "=", "waiting")
    .executeTakeFirstOrThrow();
  return n;
}
