import { type Selectable, sql } from "kysely";
import type { LedgerDatabase, LedgerEntriesTable, LedgerPersonalTable } from "../tables.ts";

export type CheckedEntry = Selectable<LedgerEntriesTable>;

export interface CheckedCheckpoint {
  readonly size: number;
  readonly note: string;
}

/** What a check reads, a part of a log at a time. */
export class CheckStore {
  readonly #db: LedgerDatabase;

  constructor(db: LedgerDatabase) {
    this.#db = db;
  }

  /** By index, from one on. */
  entries(logId: number, from: number, limit: number): Promise<CheckedEntry[]> {
    return this.#db
      .selectFrom("ledger_entries")
      .selectAll()
      .where("log_id", "=", logId)
      .where("index", ">=", from)
      .orderBy("index")
      .limit(limit)
      .execute();
  }

  async checkpoints(logId: number, after: number, upTo: number): Promise<CheckedCheckpoint[]> {
    return this.#db
      .selectFrom("ledger_checkpoints")
      .select(["size", "note"])
      .where("log_id", "=", logId)
      .where("size", ">", after)
      .where("size", "<=", upTo)
      .orderBy("size")
      .execute();
  }

  async newestCheckpointSize(logId: number): Promise<number> {
    const row = await this.#db
      .selectFrom("ledger_checkpoints")
      .select(({ fn }) => fn.max("size").as("size"))
      .where("log_id", "=", logId)
      .executeTakeFirst();
    return row?.size ?? 0;
  }

  /** Leaf tiles that begin at or after an index, by index. */
  async leafTiles(logId: number, from: number, count: number): Promise<ReadonlyMap<number, Uint8Array>> {
    const rows = await this.#db
      .selectFrom("ledger_tiles")
      .select(["index", "bytes"])
      .where("log_id", "=", logId)
      .where("level", "=", 0)
      .where("index", ">=", from)
      .where("index", "<", from + count)
      .execute();
    return new Map(rows.map(({ index, bytes }) => [index, bytes]));
  }

  personal(eventIds: readonly string[]): Promise<Selectable<LedgerPersonalTable>[]> {
    return this.#db
      .selectFrom("ledger_personal")
      .selectAll()
      .where(sql<boolean>`event_id = any(${eventIds}::uuid[])`)
      .execute();
  }
}
