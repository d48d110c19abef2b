import type { UnixMs, Uuid } from "@gatehouse/base";
import type { accounts } from "@gatehouse/contract";
import { type Insertable, type Selectable, sql } from "kysely";
import type { PeopleTables, SentCode } from "../people/people-tables.ts";
import type { AccountsDatabase } from "../tables.ts";

export type InvitationRow = Selectable<PeopleTables["invitations"]>;
export type InvitationState = accounts.Invitation["state"];

export function stateOf({ used_at, revoked_at, expires_at }: InvitationRow, nowMs: UnixMs): InvitationState {
  if (used_at !== null) return "used";
  if (revoked_at !== null) return "revoked";
  return expires_at.getTime() <= nowMs ? "expired" : "open";
}

export async function insertInvitation(
  tx: AccountsDatabase,
  row: Insertable<PeopleTables["invitations"]>,
): Promise<void> {
  await tx.insertInto("invitations").values(row).execute();
}

export async function listInvitations(
  db: AccountsDatabase,
  tenantId: Uuid,
  nowMs: UnixMs,
  page: { readonly state?: InvitationState | undefined; readonly limit: number; readonly offset: number },
): Promise<{
  readonly items: readonly (InvitationRow & { readonly inviter: string | null })[];
  readonly total: number;
}> {
  const now = new Date(nowMs);
  let query = db.selectFrom("invitations as i").where("i.tenant_id", "=", tenantId);
  if (page.state === "used") query = query.where("i.used_at", "is not", null);
  if (page.state === "revoked") query = query.where("i.revoked_at", "is not", null);
  if (page.state === "open" || page.state === "expired")
    query = query
      .where("i.used_at", "is", null)
      .where("i.revoked_at", "is", null)
      .where("i.expires_at", page.state === "open" ? ">" : "<=", now);
  const { total } = await query.select(sql<number>`count(*)::int`.as("total")).executeTakeFirstOrThrow();
  const items = await query
    .leftJoin("people as p", "p.id", "i.invited_by")
    .selectAll("i")
    .select("p.name as inviter")
    .orderBy("i.created_at", "desc")
    .orderBy("i.id", "desc")
    .limit(page.limit)
    .offset(page.offset)
    .execute();
  return { items, total };
}

export async function countOpen(db: AccountsDatabase, tenantId: Uuid, nowMs: UnixMs): Promise<number> {
  return (await listInvitations(db, tenantId, nowMs, { state: "open", limit: 1, offset: 0 })).total;
}

/** Locked until the transaction ends: of two who use a link at once one comes second. */
export async function lockInvitation(
  tx: AccountsDatabase,
  by: { readonly tenantId: Uuid; readonly id: Uuid } | { readonly linkHash: string },
): Promise<InvitationRow | undefined> {
  const query = tx.selectFrom("invitations").selectAll().forUpdate();
  return "id" in by
    ? query.where("id", "=", by.id).where("tenant_id", "=", by.tenantId).executeTakeFirst()
    : query.where("link_hash", "=", by.linkHash).executeTakeFirst();
}

/** Others for the same address end: the newest invitation counts. */
export async function revokeOthers(
  tx: AccountsDatabase,
  tenantId: Uuid,
  emailKey: string,
  nowMs: UnixMs,
): Promise<void> {
  await tx
    .updateTable("invitations")
    .set({ revoked_at: new Date(nowMs) })
    .where("tenant_id", "=", tenantId)
    .where("email_key", "=", emailKey)
    .where("used_at", "is", null)
    .where("revoked_at", "is", null)
    .execute();
}

export async function updateInvitation(
  tx: AccountsDatabase,
  id: Uuid,
  { code, ...change }: Partial<Omit<InvitationRow, "code">> & { readonly code?: SentCode | null },
): Promise<void> {
  const stored = code === undefined ? {} : { code: code === null ? null : JSON.stringify(code) };
  await tx
    .updateTable("invitations")
    .set({ ...change, ...stored })
    .where("id", "=", id)
    .execute();
}

/** What is over since then is forgotten. */
export async function deleteOldInvitations(db: AccountsDatabase, beforeMs: UnixMs): Promise<void> {
  await db.deleteFrom("invitations").where("expires_at", "<", new Date(beforeMs)).execute();
}

export async function tenantOfInvitation(db: AccountsDatabase, id: Uuid): Promise<Uuid | undefined> {
  const row = await db.selectFrom("invitations").select("tenant_id").where("id", "=", id).executeTakeFirst();
  return row?.tenant_id;
}
