import type { UnixMs, Uuid } from "@gatehouse/base";
import type { ledger } from "@gatehouse/contract";
import { type Selectable, sql } from "kysely";
import { runPrepared } from "../../../platform/database/index.ts";
import type { LedgerDatabase, LedgerEntriesTable, LedgerPersonalTable } from "../tables.ts";

/** Place of an entry in the row of all logs. */
export interface Place {
  readonly logId: number;
  readonly index: number;
}

export interface EntryFilter {
  readonly kinds?: readonly string[] | undefined;
  readonly outcome?: ledger.Outcome | undefined;
  readonly actorId?: string | undefined;
  readonly subjectId?: string | undefined;
  /** What it did, and what was done to it. */
  readonly aboutId?: Uuid | undefined;
  /** A text about people holds all digests of one of `words`, or one of `partyIds` did it or is what it was done to. */
  readonly search?:
    | { readonly words: readonly (readonly string[])[]; readonly partyIds: readonly Uuid[] }
    | undefined;
  readonly fromMs?: UnixMs | undefined;
  readonly toMs?: UnixMs | undefined;
  readonly logId?: number | undefined;
  readonly fromIndex?: number | undefined;
  readonly toIndex?: number | undefined;
}

export interface AboutFilter {
  readonly subjectIds: readonly string[];
  readonly kinds?: readonly ledger.LedgerKind[];
  readonly fromMs?: UnixMs;
}

export interface EntryPage {
  readonly before?: Place | undefined;
  readonly after?: Place | undefined;
  readonly limit: number;
}

export type EntryRow = Selectable<LedgerEntriesTable>;
export type PersonalRow = Selectable<LedgerPersonalTable>;

/** Entries that one organisation may see: its own, and the host also those of nobody. */
export class EntryStore {
  readonly #db: LedgerDatabase;
  readonly #tenantId: Uuid;
  readonly #isHost: boolean;

  constructor(db: LedgerDatabase, tenantId: Uuid, isHost: boolean) {
    this.#db = db;
    this.#tenantId = tenantId;
    this.#isHost = isHost;
  }

  /** Newest first. After a place: those next to it. */
  async list(filter: EntryFilter, { before, after, limit }: EntryPage): Promise<EntryRow[]> {
    const { kinds, outcome, actorId, subjectId, aboutId, search, fromMs, toMs, logId } = filter;
    const { fromIndex, toIndex } = filter;
    const isForward = after !== undefined && before === undefined;
    const rows = await this.#entries()
      .selectAll()
      .$if(kinds !== undefined, (query) => query.where("kind", "in", [...(kinds ?? [])]))
      .$if(outcome !== undefined, (query) => query.where("outcome", "=", outcome as string))
      .$if(actorId !== undefined, (query) => query.where("actor_id", "=", actorId as string))
      .$if(subjectId !== undefined, (query) => query.where("subject_id", "=", subjectId as string))
      .$if(aboutId !== undefined, (query) => query.where(concerns([aboutId as Uuid])))
      .$if(search !== undefined, (query) =>
        query.where(({ or, eb }) =>
          or([eb("event_id", "in", this.#holding(search?.words ?? [])), concerns(search?.partyIds ?? [])]),
        ),
      )
      .$if(fromMs !== undefined, (query) => query.where("at", ">=", new Date(fromMs as number)))
      .$if(toMs !== undefined, (query) => query.where("at", "<=", new Date(toMs as number)))
      .$if(logId !== undefined, (query) => query.where("log_id", "=", logId as number))
      .$if(fromIndex !== undefined, (query) => query.where("index", ">=", fromIndex as number))
      .$if(toIndex !== undefined, (query) => query.where("index", "<=", toIndex as number))
      .$if(before !== undefined, (query) => query.where(placed("<", before as Place)))
      .$if(after !== undefined, (query) => query.where(placed(">", after as Place)))
      .orderBy("log_id", isForward ? "asc" : "desc")
      .orderBy("index", isForward ? "asc" : "desc")
      .limit(limit)
      .execute();
    return isForward ? rows.reverse() : rows;
  }

  /** Those about these things, oldest first. */
  async about({ subjectIds, kinds, fromMs }: AboutFilter, limit: number): Promise<EntryRow[]> {
    return this.#entries()
      .selectAll()
      .where(sql<boolean>`subject_id = any(${[...subjectIds]}::text[])`)
      .$if(kinds !== undefined, (query) => query.where("kind", "in", [...(kinds ?? [])]))
      .$if(fromMs !== undefined, (query) => query.where("at", ">=", new Date(fromMs as number)))
      .orderBy("log_id")
      .orderBy("index")
      .limit(limit)
      .execute();
  }

  async find(eventId: Uuid): Promise<EntryRow | undefined> {
    return (await runPrepared(this.#db, this.#entries().selectAll().where("event_id", "=", eventId)))[0];
  }

  /** In order, from one index up to another that is not included; of others only the leaf hash. */
  async range(
    logId: number,
    from: number,
    to: number,
  ): Promise<{ readonly leafHash: Uint8Array; readonly event: Uint8Array | undefined }[]> {
    const rows = await this.#db
      .selectFrom("ledger_entries")
      .select(["leaf_hash", "tenant_id", "event"])
      .where("log_id", "=", logId)
      .where("index", ">=", from)
      .where("index", "<", to)
      .orderBy("index")
      .execute();
    return rows.map((row) => {
      const isOurs = row.tenant_id === null ? this.#isHost : row.tenant_id === this.#tenantId;
      return { leafHash: row.leaf_hash, event: isOurs ? (row.event ?? undefined) : undefined };
    });
  }

  async personalOf(eventIds: readonly Uuid[]): Promise<PersonalRow[]> {
    if (eventIds.length === 0) return [];
    const query = this.#db
      .selectFrom("ledger_personal")
      .selectAll()
      .where(sql<boolean>`event_id = any(${eventIds}::uuid[])`)
      .where(this.#isOurs());
    return runPrepared(this.#db, query);
  }

  #entries() {
    return this.#db.selectFrom("ledger_entries").where(this.#isOurs());
  }

  #holding(alternatives: readonly (readonly string[])[]) {
    return this.#db
      .selectFrom("ledger_personal")
      .select("event_id")
      .where(({ or }) => or(alternatives.map((words) => sql<boolean>`words @> ${words}::bigint[]`)))
      .where(this.#isOurs());
  }

  #isOurs() {
    return this.#isHost
      ? sql<boolean>`(tenant_id = ${this.#tenantId} or tenant_id is null)`
      : sql<boolean>`tenant_id = ${this.#tenantId}`;
  }
}

const concerns = (ids: readonly Uuid[]) =>
  sql<boolean>`(actor_id = any(${ids}::text[]) or subject_id = any(${ids}::text[]))`;

const placed = (side: "<" | ">", { logId, index }: Place) =>
  sql<boolean>`(log_id, index) ${sql.raw(side)} (${logId}::int, ${index}::bigint)`;

/** Index of the newest entry of this kind about each of these things. */
export async function indexesOf(
  db: LedgerDatabase,
  tenantId: Uuid,
  kind: ledger.LedgerKind,
  subjectIds: readonly string[],
): Promise<Map<string, number>> {
  if (subjectIds.length === 0) return new Map();
  const rows = await db
    .selectFrom("ledger_entries")
    .select(["subject_id", "index"])
    .where("tenant_id", "=", tenantId)
    .where("subject_id", "in", [...subjectIds])
    .where("kind", "=", kind)
    .orderBy("log_id")
    .orderBy("index")
    .execute();
  return new Map(rows.map(({ subject_id, index }) => [subject_id ?? "", index]));
}
