import type { UnixMs } from "@gatehouse/base";
import type { ledger } from "@gatehouse/contract";
import {
  EMPTY_FRONTIER,
  encodeFrontier,
  type FilledTile,
  type Frontier,
  HASH_BYTES,
  parseFrontier,
  type Tile,
  tilePath,
} from "@gatehouse/ledger";
import { type Selectable, sql } from "kysely";
import type { Pool } from "pg";
import { runPrepared } from "../../platform/database/index.ts";
import type { Log, StoredCheckpoint } from "./model.ts";
import type { LedgerDatabase, LedgerLogsTable } from "./tables.ts";

/** Whether the schema is young enough to have a ledger. */
export async function hasLedger(pool: Pool): Promise<boolean> {
  const { rows } = await pool.query<{ found: boolean }>(
    "select to_regclass('ledger_logs') is not null as found",
  );
  return rows[0]?.found === true;
}

export interface PendingLeaf {
  readonly id: number;
  readonly kind: ledger.LedgerKind;
  readonly leafHash: Uint8Array;
}

/** What grows: logs, their entries in order, tiles and checkpoints. */
export class LogStore {
  readonly #db: LedgerDatabase;

  constructor(db: LedgerDatabase) {
    this.#db = db;
  }

  transaction<T>(act: (store: LogStore, tx: LedgerDatabase) => Promise<T>): Promise<T> {
    return this.#db.transaction().execute((tx) => act(new LogStore(tx), tx));
  }

  /** Everything read in it is of one moment. */
  snapshot<T>(read: (store: LogStore, tx: LedgerDatabase) => Promise<T>): Promise<T> {
    return this.#db
      .transaction()
      .setIsolationLevel("repeatable read")
      .execute((tx) => read(new LogStore(tx), tx));
  }

  async current(): Promise<Log | undefined> {
    return (await this.#logs().limit(1).execute()).map(logOf)[0];
  }

  /** The same, and nobody else appends to it before the transaction ends. */
  async lockCurrent(): Promise<Log | undefined> {
    return (await this.#logs().limit(1).forUpdate().execute()).map(logOf)[0];
  }

  /** Newest first. */
  async all(): Promise<Log[]> {
    return (await this.#logs().execute()).map(logOf);
  }

  async find(id: number): Promise<Log | undefined> {
    const [row] = await runPrepared(
      this.#db,
      this.#db.selectFrom("ledger_logs").selectAll().where("id", "=", id),
    );
    return row && logOf(row);
  }

  async create(origin: string, atMs: UnixMs): Promise<Log> {
    const row = await this.#db
      .insertInto("ledger_logs")
      .values({
        origin,
        size: 0,
        frontier: Buffer.from(encodeFrontier(EMPTY_FRONTIER)),
        created_at: new Date(atMs),
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    return logOf(row);
  }

  async hasPending(): Promise<boolean> {
    const found = await this.#db.selectFrom("ledger_pending").select("id").limit(1).executeTakeFirst();
    return found !== undefined;
  }

  /** The oldest that wait. */
  async pending(limit: number): Promise<PendingLeaf[]> {
    const rows = await this.#db
      .selectFrom("ledger_pending")
      .select(["id", "kind", "leaf_hash"])
      .orderBy("id")
      .limit(limit)
      .execute();
    return rows.map((row) => ({ id: row.id, kind: row.kind as ledger.LedgerKind, leafHash: row.leaf_hash }));
  }

  /** What was recorded last is the first that gets its place. */
  async putNewestFirst(): Promise<void> {
    await sql`
      update ledger_pending set id = (select min(id) - 1 from ledger_pending)
      where id = (select max(id) from ledger_pending)`.execute(this.#db);
  }

  /** Canonical bytes of the event that gets its place next. */
  async firstPending(): Promise<Uint8Array> {
    const { event } = await this.#db
      .selectFrom("ledger_pending")
      .select("event")
      .orderBy("id")
      .limit(1)
      .executeTakeFirstOrThrow();
    return event;
  }

  /** Gives those that wait, in the order of their ids, the places from the end of the log on. */
  async append(log: Log, ids: readonly number[], frontier: Frontier): Promise<void> {
    const { numAffectedRows } = await sql`
      with taken as (delete from ledger_pending where id = any(${ids}::bigint[]) returning *)
      insert into ledger_entries
        (log_id, index, event_id, tenant_id, kind, outcome, actor_kind, actor_id, subject_kind, subject_id, at, event,
         leaf_hash)
      select ${log.id}, ${log.frontier.size} + row_number() over (order by id) - 1, event_id, tenant_id, kind, outcome,
        actor_kind, actor_id, subject_kind, subject_id, at, event, leaf_hash
      from taken order by id`.execute(this.#db);
    if (numAffectedRows !== BigInt(ids.length)) throw new Error("an entry that waited for its place is gone");
    await this.#db
      .updateTable("ledger_logs")
      .set({ size: frontier.size, frontier: Buffer.from(encodeFrontier(frontier)) })
      .where("id", "=", log.id)
      .execute();
  }

  /** Hashes of the named tiles, by their path; a stored tile may have grown since and begins with these. */
  async tiles(logId: number, tiles: readonly Tile[]): Promise<Map<string, Uint8Array>> {
    if (tiles.length === 0) return new Map();
    const query = sql<{ at: number; bytes: Uint8Array }>`
      select u.at - 1 as at, t.bytes
      from unnest(${tiles.map(({ level }) => level)}::smallint[], ${tiles.map(({ index }) => index)}::bigint[])
        with ordinality as u (level, index, at)
      join ledger_tiles t on t.log_id = ${logId} and t.level = u.level and t.index = u.index`;
    const rows = await runPrepared(this.#db, { compile: () => query.compile(this.#db) });
    return new Map(
      rows.map(({ at, bytes }) => {
        const tile = tiles[at] as Tile;
        return [tilePath(tile), bytes.subarray(0, tile.width * HASH_BYTES)];
      }),
    );
  }

  /**
   * The named tiles in their order, each with the version of the row that holds it (its xmin), and without bytes where
   * that is the version that is known.
   */
  async tilesSince(
    logId: number,
    asked: readonly { readonly tile: Tile; readonly version: string | undefined }[],
  ): Promise<readonly ({ readonly version: string; readonly bytes: Uint8Array | undefined } | undefined)[]> {
    const query = sql<{ at: number; version: string; bytes: Uint8Array | null }>`
      select u.at - 1 as at, t.xmin::text as version, case when t.xmin::text = u.version then null else t.bytes end as bytes
      from unnest(${asked.map(({ tile }) => tile.level)}::smallint[], ${asked.map(({ tile }) => tile.index)}::bigint[],
        ${asked.map(({ version }) => version ?? "")}::text[]) with ordinality as u (level, index, version, at)
      join ledger_tiles t on t.log_id = ${logId} and t.level = u.level and t.index = u.index`;
    const rows = await runPrepared(this.#db, { compile: () => query.compile(this.#db) });
    const found: ({ version: string; bytes: Uint8Array | undefined } | undefined)[] = asked.map(
      () => undefined,
    );
    for (const { at, version, bytes } of rows) {
      const length = (asked[at]?.tile.width ?? 0) * HASH_BYTES;
      found[at] = { version, bytes: bytes === null ? undefined : bytes.subarray(0, length) };
    }
    return found;
  }

  async saveTiles(logId: number, tiles: readonly FilledTile[]): Promise<void> {
    await sql`
      insert into ledger_tiles (log_id, level, index, width, bytes)
      select ${logId}, u.level, u.index, u.width, u.bytes
      from unnest(${tiles.map(({ tile }) => tile.level)}::smallint[], ${tiles.map(({ tile }) => tile.index)}::bigint[],
        ${tiles.map(({ tile }) => tile.width)}::smallint[], ${tiles.map(({ bytes }) => Buffer.from(bytes))}::bytea[])
        as u (level, index, width, bytes)
      on conflict (log_id, level, index) do update set width = excluded.width, bytes = excluded.bytes`.execute(
      this.#db,
    );
  }

  async addCheckpoint({ logId, size, root, atMs, note }: StoredCheckpoint): Promise<void> {
    await this.#db
      .insertInto("ledger_checkpoints")
      .values({ log_id: logId, size, root: Buffer.from(root), at: new Date(atMs), note })
      .execute();
  }

  async lastCheckpoint(logId: number): Promise<StoredCheckpoint | undefined> {
    return (await this.lastCosigned(logId))?.checkpoint;
  }

  /** The newest checkpoint, and the signature lines of witnesses under it in the order of their coming. */
  async lastCosigned(
    logId: number,
  ): Promise<{ readonly checkpoint: StoredCheckpoint; readonly lines: readonly string[] } | undefined> {
    const query = this.#db
      .selectFrom("ledger_checkpoints as c")
      .selectAll("c")
      .select(
        sql<
          string[]
        >`array(select line from ledger_cosignatures s where s.log_id = c.log_id and s.size = c.size
          order by s.at, s.witness_id)`.as("lines"),
      )
      .where("log_id", "=", logId)
      .orderBy("size", "desc")
      .limit(1);
    const [row] = await runPrepared(this.#db, query);
    if (row === undefined) return undefined;
    const { log_id: id, size, root, at, note, lines } = row;
    return { checkpoint: { logId: id, size, root, atMs: at.getTime(), note }, lines };
  }

  #logs() {
    return this.#db.selectFrom("ledger_logs").selectAll().orderBy("id", "desc");
  }
}

const logOf = (row: Selectable<LedgerLogsTable>): Log => ({
  id: row.id,
  origin: row.origin,
  frontier: parseFrontier(row.frontier),
  createdMs: row.created_at.getTime(),
});
