import { AppError, type UnixMs, type Uuid } from "@gatehouse/base";
import type { accounts, Role } from "@gatehouse/contract";
import { sql } from "kysely";
import type { AccountsDatabase } from "../tables.ts";
import { lockPerson, type PersonRow } from "./account-store.ts";

export interface PeopleFilter {
  /** Part of the name or e-mail address. */
  readonly q?: string | undefined;
  /** Blind indexes of what was typed, should it be a phone or an identity number. */
  readonly indexes?: readonly Uint8Array[];
  readonly state?: accounts.PersonState | undefined;
  readonly role?: Role | undefined;
  readonly sort: "name" | "created" | "lastLogin";
  readonly limit: number;
  readonly offset: number;
}

export type ListedPerson = PersonRow & { readonly due_at: Date | null };

export async function searchPeople(
  db: AccountsDatabase,
  tenantId: Uuid,
  { q = "", indexes = [], state, role, sort, limit, offset }: PeopleFilter,
): Promise<{ readonly items: readonly ListedPerson[]; readonly total: number }> {
  let query = db.selectFrom("people as p").where("p.tenant_id", "=", tenantId);
  if (state !== undefined) query = query.where("p.state", "=", state);
  if (role !== undefined) query = query.where("p.role", "=", role);
  if (q !== "") {
    const pattern = `%${q.replace(/[\\%_]/g, "\\$&")}%`;
    query = query.where((where) =>
      where.or([where("p.name", "ilike", pattern), where("p.email", "ilike", pattern)]),
    );
  }
  if (indexes.length > 0) {
    const keys = indexes.map((index) => Buffer.from(index));
    query = query.where((where) =>
      where.or([where("p.phone_index", "in", keys), where("p.identity_index", "in", keys)]),
    );
  }
  const { total } = await query.select(sql<number>`count(*)::int`.as("total")).executeTakeFirstOrThrow();
  const page = query
    .leftJoin("erasures as e", (join) => join.onRef("e.person_id", "=", "p.id").on("e.done_at", "is", null))
    .selectAll("p")
    .select("e.due_at");
  const sorted =
    sort === "name"
      ? page.orderBy("p.name")
      : page.orderBy(sort === "created" ? "p.created_at" : "p.last_login_at", (by) => by.desc().nullsLast());
  return { total, items: await sorted.orderBy("p.id").limit(limit).offset(offset).execute() };
}

export async function countByState(db: AccountsDatabase, tenantId: Uuid): Promise<Record<string, number>> {
  const rows = await db
    .selectFrom("people")
    .select(["state", sql<number>`count(*)::int`.as("n")])
    .where("tenant_id", "=", tenantId)
    .groupBy("state")
    .execute();
  return Object.fromEntries(rows.map(({ state, n }) => [state, n]));
}

/** Nobody changes the person until the transaction ends. Fails with account.not_found. */
export async function lockPersonIn(tx: AccountsDatabase, tenantId: Uuid, personId: Uuid): Promise<PersonRow> {
  const person = await lockPerson(tx, personId);
  if (person?.tenant_id !== tenantId) throw new AppError("account.not_found");
  return person;
}

/**
 * Fails with account.last_owner when this is the only owner who can log in. Owners are locked in one order: of two who
 * lock each other at once one comes second and is refused.
 */
export async function assertOtherOwner(tx: AccountsDatabase, person: PersonRow): Promise<void> {
  if (person.role !== "owner" || person.state !== "active") return;
  const owners = await tx
    .selectFrom("people")
    .select("id")
    .where("tenant_id", "=", person.tenant_id)
    .where("role", "=", "owner")
    .where("state", "=", "active")
    .orderBy("id")
    .forNoKeyUpdate()
    .execute();
  if (!owners.some(({ id }) => id !== person.id)) throw new AppError("account.last_owner");
}

export async function isLastOwner(db: AccountsDatabase, person: PersonRow): Promise<boolean> {
  if (person.role !== "owner" || person.state !== "active") return false;
  const other = await db
    .selectFrom("people")
    .select("id")
    .where("tenant_id", "=", person.tenant_id)
    .where("role", "=", "owner")
    .where("state", "=", "active")
    .where("id", "<>", person.id)
    .limit(1)
    .executeTakeFirst();
  return other === undefined;
}

export interface Decision {
  readonly state: accounts.PersonState;
  readonly by: Uuid;
  readonly reason?: string | undefined;
}

export async function decide(
  tx: AccountsDatabase,
  personId: Uuid,
  { state, by, reason }: Decision,
  nowMs: UnixMs,
): Promise<void> {
  await tx
    .updateTable("people")
    .set({ state, decided_at: new Date(nowMs), decided_by: by, decision_reason: reason ?? null })
    .where("id", "=", personId)
    .execute();
}

export async function countLiveSessions(
  db: AccountsDatabase,
  personId: Uuid,
  nowMs: UnixMs,
): Promise<number> {
  const { n } = await db
    .selectFrom("sessions")
    .select(sql<number>`count(*)::int`.as("n"))
    .where("person_id", "=", personId)
    .where("ended_at", "is", null)
    .where("expires_at", ">", new Date(nowMs))
    .executeTakeFirstOrThrow();
  return n;
}
