import type { UnixMs, Uuid } from "@gatehouse/base";
import { type SelectQueryBuilder, sql } from "kysely";
import type { KeptShare } from "./model.ts";
import { shareOf } from "./share-store.ts";
import type { ShareDatabase, ShareTables } from "./tables.ts";

export interface ShareFilter {
  readonly cameraIds: "all" | readonly Uuid[];
  readonly fromMs?: UnixMs | undefined;
  readonly toMs?: UnixMs | undefined;
  /** Those that work at this time. */
  readonly activeMs?: UnixMs | undefined;
}

/** Links of one organisation, for its people. */
export class ShareQueryStore {
  readonly #db: ShareDatabase;
  readonly #tenantId: Uuid;

  constructor(db: ShareDatabase, tenantId: Uuid) {
    this.#db = db;
    this.#tenantId = tenantId;
  }

  /** Newest first. */
  async list(
    filter: ShareFilter,
    page: { readonly offset: number; readonly limit: number },
  ): Promise<KeptShare[]> {
    const rows = await this.#matching(filter)
      .selectAll()
      .orderBy("number", "desc")
      .offset(page.offset)
      .limit(page.limit)
      .execute();
    return rows.map(shareOf);
  }

  async count(filter: ShareFilter): Promise<number> {
    const row = await this.#matching(filter)
      .select(({ fn }) => fn.countAll<number>().as("count"))
      .executeTakeFirstOrThrow();
    return row.count;
  }

  #matching({
    cameraIds,
    fromMs,
    toMs,
    activeMs,
  }: ShareFilter): SelectQueryBuilder<ShareTables, "recording_shares", object> {
    let query = this.#db.selectFrom("recording_shares").where("tenant_id", "=", this.#tenantId);
    if (cameraIds !== "all") query = query.where(sql<boolean>`camera_id = any(${[...cameraIds]}::uuid[])`);
    if (fromMs !== undefined) query = query.where("to_ms", ">", fromMs);
    if (toMs !== undefined) query = query.where("from_ms", "<", toMs);
    if (activeMs === undefined) return query;
    return query
      .where("revoked_ms", "is", null)
      .where("erased_ms", "is", null)
      .where("expires_ms", ">", activeMs)
      .where((where) =>
        where.or([where("max_openings", "is", null), where("openings", "<", where.ref("max_openings"))]),
      );
  }
}
