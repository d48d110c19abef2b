import type { UnixMs, Uuid } from "@gatehouse/base";
import type { CaseDatabase } from "./tables.ts";

export interface KeptLend {
  readonly id: Uuid;
  readonly caseId: Uuid;
  readonly madeMs: UnixMs;
  /** Links to the clips; the first one's is the one that somebody has. */
  readonly shareIds: readonly Uuid[];
}

/** To whom cases of one organisation were lent. */
export class LendStore {
  readonly #db: CaseDatabase;
  readonly #tenantId: Uuid;

  constructor(db: CaseDatabase, tenantId: Uuid) {
    this.#db = db;
    this.#tenantId = tenantId;
  }

  async insert({ caseId, id, madeMs, shareIds }: KeptLend): Promise<void> {
    await this.#db
      .insertInto("case_lends")
      .values({ id, tenant_id: this.#tenantId, case_id: caseId, made_ms: madeMs, share_ids: [...shareIds] })
      .execute();
  }

  /** The newest first. */
  async list(caseId: Uuid): Promise<KeptLend[]> {
    const rows = await this.#of(caseId).orderBy("made_ms", "desc").orderBy("id").limit(200).execute();
    return rows.map(({ id, made_ms, share_ids }) => ({ id, caseId, madeMs: made_ms, shareIds: share_ids }));
  }

  async find(caseId: Uuid, id: Uuid): Promise<KeptLend | undefined> {
    const row = await this.#of(caseId).where("id", "=", id).executeTakeFirst();
    return row && { id, caseId, madeMs: row.made_ms, shareIds: row.share_ids };
  }

  #of(caseId: Uuid) {
    return this.#db
      .selectFrom("case_lends")
      .selectAll()
      .where("tenant_id", "=", this.#tenantId)
      .where("case_id", "=", caseId);
  }
}
