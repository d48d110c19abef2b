import type { UnixMs, Uuid } from "@gatehouse/base";
import type { cases } from "@gatehouse/contract";
import { type Selectable, type SelectQueryBuilder, sql } from "kysely";
import type { KeptCase } from "./model.ts";
import type { CaseDatabase, CasesTable, CaseTables } from "./tables.ts";

export interface CaseFilter {
  readonly text?: string | undefined;
  readonly number?: number | undefined;
  readonly state?: cases.CaseState | undefined;
  /** Those that hold this event of a camera. */
  readonly eventId?: Uuid | undefined;
}

export type CaseCounts = cases.Case["counts"];

/** Cases of one organisation. */
export class CaseStore {
  readonly #db: CaseDatabase;
  readonly #tenantId: Uuid;

  constructor(db: CaseDatabase, tenantId: Uuid) {
    this.#db = db;
    this.#tenantId = tenantId;
  }

  /** Gives it the organisation's next number. */
  async insert(
    made: Pick<KeptCase, "id" | "title" | "summary" | "tags" | "createdBy" | "createdMs">,
  ): Promise<KeptCase> {
    const { last } = await this.#db
      .insertInto("case_numbers")
      .values({ tenant_id: this.#tenantId, last: 1 })
      .onConflict((conflict) =>
        conflict.column("tenant_id").doUpdateSet({ last: sql`case_numbers.last + 1` }),
      )
      .returning("last")
      .executeTakeFirstOrThrow();
    const row = await this.#db
      .insertInto("cases")
      .values({
        id: made.id,
        tenant_id: this.#tenantId,
        number: last,
        title: made.title,
        state: "open",
        summary: made.summary,
        tags: [...made.tags],
        created_by: made.createdBy,
        created_ms: made.createdMs,
        changed_ms: made.createdMs,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    return caseOf(row);
  }

  async find(id: Uuid): Promise<KeptCase | undefined> {
    const row = await this.#one(id).executeTakeFirst();
    return row && caseOf(row);
  }

  /** Nobody else changes it until the transaction ends. */
  async lock(id: Uuid): Promise<KeptCase | undefined> {
    const row = await this.#one(id).forUpdate().executeTakeFirst();
    return row && caseOf(row);
  }

  async update(
    id: Uuid,
    change: Partial<Pick<KeptCase, "title" | "summary" | "tags" | "state">>,
    changedMs: UnixMs,
  ): Promise<KeptCase> {
    const { tags, ...rest } = change;
    const row = await this.#db
      .updateTable("cases")
      .set({ ...rest, ...(tags === undefined ? {} : { tags: [...tags] }), changed_ms: changedMs })
      .where("tenant_id", "=", this.#tenantId)
      .where("id", "=", id)
      .returningAll()
      .executeTakeFirstOrThrow();
    return caseOf(row);
  }

  /** The last changed first. */
  async list(
    filter: CaseFilter,
    page: { readonly offset: number; readonly limit: number },
  ): Promise<KeptCase[]> {
    const rows = await this.#matching(filter)
      .selectAll()
      .orderBy("changed_ms", "desc")
      .orderBy("id")
      .offset(page.offset)
      .limit(page.limit)
      .execute();
    return rows.map(caseOf);
  }

  async count(filter: CaseFilter): Promise<number> {
    const { count } = await this.#matching(filter)
      .select(({ fn }) => fn.countAll<number>().as("count"))
      .executeTakeFirstOrThrow();
    return count;
  }

  /** How much is in each of these. */
  async countsOf(ids: readonly Uuid[]): Promise<ReadonlyMap<Uuid, CaseCounts>> {
    if (ids.length === 0) return new Map();
    const rows = await this.#db
      .selectFrom("case_items")
      .select(({ fn }) => ["case_id", "kind", fn.countAll<number>().as("count")])
      .where("tenant_id", "=", this.#tenantId)
      .where("case_id", "in", [...ids])
      .where("removed_ms", "is", null)
      .groupBy(["case_id", "kind"])
      .execute();
    const counts = new Map(rows.map(({ case_id, count, kind }) => [`${case_id} ${kind}`, count]));
    const of = (id: Uuid, kind: cases.CaseItemKind): number => counts.get(`${id} ${kind}`) ?? 0;
    return new Map(
      ids.map((id) => [
        id,
        {
          ...{ clips: of(id, "clip"), devices: of(id, "device") },
          ...{ people: of(id, "person"), notes: of(id, "note") },
        },
      ]),
    );
  }

  /** Of these, or of all. */
  names(ids: ReadonlySet<Uuid> | undefined): Promise<{ readonly id: Uuid; readonly number: number }[]> {
    const query = this.#db
      .selectFrom("cases")
      .select(["id", "number"])
      .where("tenant_id", "=", this.#tenantId);
    return (ids === undefined ? query : query.where(sql<boolean>`id = any(${[...ids]}::uuid[])`)).execute();
  }

  #one(id: Uuid) {
    return this.#db
      .selectFrom("cases")
      .selectAll()
      .where("tenant_id", "=", this.#tenantId)
      .where("id", "=", id);
  }

  #matching({ eventId, number, state, text }: CaseFilter): SelectQueryBuilder<CaseTables, "cases", object> {
    let query = this.#db.selectFrom("cases").where("cases.tenant_id", "=", this.#tenantId);
    if (state !== undefined) query = query.where("state", "=", state);
    if (eventId !== undefined)
      query = query.where(
        sql<boolean>`exists (select from case_items i
          where i.case_id = cases.id and i.event_id = ${eventId} and i.removed_ms is null)`,
      );
    if (text === undefined) return query;
    const like = `%${text.replace(/[\\%_]/g, "\\$&")}%`;
    return query.where(
      sql<boolean>`(title ilike ${like} or summary ilike ${like} or number = ${number ?? -1}
        or exists (select from unnest(tags) tag where lower(tag) = lower(${text}))
        or exists (select from case_items i where i.case_id = cases.id and i.kind = 'note'
          and i.removed_ms is null and i.text ilike ${like}))`,
    );
  }
}

/** Of whichever organisation. */
export async function findCase(db: CaseDatabase, id: Uuid): Promise<KeptCase | undefined> {
  const row = await db.selectFrom("cases").selectAll().where("id", "=", id).executeTakeFirst();
  return row && caseOf(row);
}

const caseOf = (row: Selectable<CasesTable>): KeptCase => ({
  id: row.id,
  tenantId: row.tenant_id,
  number: row.number,
  title: row.title,
  state: row.state,
  summary: row.summary,
  tags: row.tags,
  createdBy: row.created_by,
  createdMs: row.created_ms,
  changedMs: row.changed_ms,
});
