import type { UnixMs, Uuid } from "@gatehouse/base";
import type { access, FourEyesAct } from "@gatehouse/contract";
import type { ApprovalRow, PermissionDatabase } from "../tables.ts";

export const WAITING_ONCE = "approvals_waiting_once";

export async function loadPolicies(
  db: PermissionDatabase,
): Promise<Map<Uuid, { readonly acts: readonly FourEyesAct[]; readonly delayHours: number }>> {
  const rows = await db.selectFrom("approval_policies").selectAll().execute();
  return new Map(rows.map((row) => [row.tenant_id, { acts: row.acts, delayHours: row.delay_hours }]));
}

/** Whose a request is. */
export async function findApprovalTenant(db: PermissionDatabase, id: Uuid): Promise<Uuid | undefined> {
  const row = await db.selectFrom("approvals").select("tenant_id").where("id", "=", id).executeTakeFirst();
  return row?.tenant_id;
}

/** Those that wait too long expire, those that a crash interrupted have failed: nobody knows how far they came. */
export async function expireApprovals(db: PermissionDatabase, now: Date): Promise<ApprovalRow[]> {
  return db
    .updateTable("approvals")
    .set({ state: "expired" })
    .where("state", "=", "waiting")
    .where("expires_at", "<=", now)
    .returningAll()
    .execute();
}

export async function failInterrupted(db: PermissionDatabase): Promise<void> {
  await db
    .updateTable("approvals")
    .set({ state: "failed", code: "server.internal" })
    .where("state", "=", "running")
    .execute();
}

export async function wipeReplies(db: PermissionDatabase, before: Date): Promise<void> {
  await db
    .updateTable("approvals")
    .set({ reply: null })
    .where("reply", "is not", null)
    .where("decided_at", "<", before)
    .execute();
}

export interface ApprovalFilter {
  readonly state?: readonly access.ApprovalState[] | undefined;
  readonly act?: FourEyesAct | undefined;
  readonly requestedBy?: Uuid | undefined;
  /** Part of the name of who asked or decided. */
  readonly q?: string | undefined;
}

/** Requests of one organisation. A request leaves `waiting` once. */
export class ApprovalStore {
  readonly #db: PermissionDatabase;
  readonly #tenantId: Uuid;

  constructor(db: PermissionDatabase, tenantId: Uuid) {
    this.#db = db;
    this.#tenantId = tenantId;
  }

  async putPolicy({ acts, delayHours }: access.ApprovalPolicy): Promise<void> {
    const fields = { acts: [...acts], delay_hours: delayHours };
    await this.#db
      .insertInto("approval_policies")
      .values({ tenant_id: this.#tenantId, ...fields })
      .onConflict((conflict) => conflict.column("tenant_id").doUpdateSet(fields))
      .execute();
  }

  async insert(row: Omit<ApprovalRow, "seq" | "tenant_id">): Promise<void> {
    await this.#db
      .insertInto("approvals")
      .values({ ...row, tenant_id: this.#tenantId })
      .execute();
  }

  /** The same request of the same person, while it waits. */
  findWaiting(personId: Uuid, askedSha256: string): Promise<ApprovalRow | undefined> {
    return this.#rows()
      .where("person_id", "=", personId)
      .where("asked_sha256", "=", askedSha256)
      .where("state", "=", "waiting")
      .executeTakeFirst();
  }

  async countWaiting(): Promise<number> {
    const { count } = await this.#db
      .selectFrom("approvals")
      .select(({ fn }) => fn.countAll<number>().as("count"))
      .where("tenant_id", "=", this.#tenantId)
      .where("state", "=", "waiting")
      .executeTakeFirstOrThrow();
    return count;
  }

  find(id: Uuid): Promise<ApprovalRow | undefined> {
    return this.#rows().where("id", "=", id).executeTakeFirst();
  }

  /** Newest first. */
  list(
    { state, act, requestedBy, q }: ApprovalFilter,
    page: { readonly beforeSeq: number | undefined; readonly limit: number },
  ): Promise<ApprovalRow[]> {
    let query = this.#rows();
    if (state !== undefined) query = query.where("state", "in", state);
    if (act !== undefined) query = query.where("act", "=", act);
    if (requestedBy !== undefined) query = query.where("person_id", "=", requestedBy);
    if (page.beforeSeq !== undefined) query = query.where("seq", "<", page.beforeSeq);
    if (q !== undefined && q !== "") {
      const pattern = `%${q.replace(/[\\%_]/g, "\\$&")}%`;
      query = query.where((where) =>
        where.or([where("person_name", "ilike", pattern), where("decided_by_name", "ilike", pattern)]),
      );
    }
    return query.orderBy("seq", "desc").limit(page.limit).execute();
  }

  /** False when somebody else was quicker, or it has expired. */
  async decide(
    id: Uuid,
    state: "running" | "refused" | "withdrawn",
    by: { readonly id: Uuid; readonly name: string; readonly reason: string | null; readonly nowMs: UnixMs },
  ): Promise<boolean> {
    const now = new Date(by.nowMs);
    const { numUpdatedRows } = await this.#db
      .updateTable("approvals")
      .set({ state, decided_by: by.id, decided_by_name: by.name, decided_at: now, reason: by.reason })
      .where("tenant_id", "=", this.#tenantId)
      .where("id", "=", id)
      .where("state", "=", "waiting")
      .where("expires_at", ">", now)
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  async end(id: Uuid, outcome: Pick<ApprovalRow, "state" | "code" | "reply">): Promise<void> {
    await this.#db
      .updateTable("approvals")
      .set(outcome)
      .where("tenant_id", "=", this.#tenantId)
      .where("id", "=", id)
      .where("state", "=", "running")
      .execute();
  }

  /** The sealed reply, which is gone afterwards. */
  async takeReply(id: Uuid, personId: Uuid): Promise<Uint8Array | undefined> {
    return this.#db.transaction().execute(async (tx) => {
      const row = await tx
        .selectFrom("approvals")
        .select("reply")
        .where("tenant_id", "=", this.#tenantId)
        .where("id", "=", id)
        .where("person_id", "=", personId)
        .forUpdate()
        .executeTakeFirst();
      if (row?.reply == null) return undefined;
      await tx.updateTable("approvals").set({ reply: null }).where("id", "=", id).execute();
      return row.reply;
    });
  }

  #rows() {
    return this.#db.selectFrom("approvals").selectAll().where("tenant_id", "=", this.#tenantId);
  }
}
