import type { UnixMs, Uuid } from "@gatehouse/base";
import type { PermissionDatabase, TokenRow } from "../tables.ts";

/** For a program that asks: its organisation is not known yet. */
export function findTokenByKey(db: PermissionDatabase, keyId: string): Promise<TokenRow | undefined> {
  return db.selectFrom("api_tokens").selectAll().where("key_id", "=", keyId).executeTakeFirst();
}

/** Whose a token is. */
export async function findTokenTenant(db: PermissionDatabase, id: Uuid): Promise<Uuid | undefined> {
  const row = await db.selectFrom("api_tokens").select("tenant_id").where("id", "=", id).executeTakeFirst();
  return row?.tenant_id;
}

export async function touchToken(db: PermissionDatabase, id: Uuid, nowMs: UnixMs): Promise<void> {
  await db
    .updateTable("api_tokens")
    .set({ last_used_at: new Date(nowMs) })
    .where("id", "=", id)
    .execute();
}

/** Tokens of one organisation. */
export class TokenStore {
  readonly #db: PermissionDatabase;
  readonly #tenantId: Uuid;

  constructor(db: PermissionDatabase, tenantId: Uuid) {
    this.#db = db;
    this.#tenantId = tenantId;
  }

  /** Newest first. */
  list(limit: number): Promise<TokenRow[]> {
    return this.#db
      .selectFrom("api_tokens")
      .selectAll()
      .where("tenant_id", "=", this.#tenantId)
      .orderBy("created_at", "desc")
      .orderBy("id", "desc")
      .limit(limit)
      .execute();
  }

  async countLive(nowMs: UnixMs): Promise<number> {
    const { count } = await this.#db
      .selectFrom("api_tokens")
      .select(({ fn }) => fn.countAll<number>().as("count"))
      .where("tenant_id", "=", this.#tenantId)
      .where("revoked_at", "is", null)
      .where("expires_at", ">", new Date(nowMs))
      .executeTakeFirstOrThrow();
    return count;
  }

  async insert(token: Omit<TokenRow, "tenant_id">): Promise<void> {
    await this.#db
      .insertInto("api_tokens")
      .values({ ...token, tenant_id: this.#tenantId })
      .execute();
  }

  find(id: Uuid): Promise<TokenRow | undefined> {
    return this.#db
      .selectFrom("api_tokens")
      .selectAll()
      .where("tenant_id", "=", this.#tenantId)
      .where("id", "=", id)
      .executeTakeFirst();
  }

  /** Who made it; undefined when there is none, or it was revoked before. */
  async revoke(id: Uuid, nowMs: UnixMs): Promise<Uuid | undefined> {
    const row = await this.#db
      .updateTable("api_tokens")
      .set({ revoked_at: new Date(nowMs) })
      .where("tenant_id", "=", this.#tenantId)
      .where("id", "=", id)
      .where("revoked_at", "is", null)
      .returning("person_id")
      .executeTakeFirst();
    return row?.person_id;
  }

  /** Ended so long ago that nobody asks about them. */
  async removeEndedBefore(before: Date): Promise<void> {
    await this.#db
      .deleteFrom("api_tokens")
      .where("tenant_id", "=", this.#tenantId)
      .where((where) => where.or([where("revoked_at", "<", before), where("expires_at", "<", before)]))
      .execute();
  }
}
