import type { UnixMs, Uuid } from "@gatehouse/base";
import type { WitnessState } from "@gatehouse/ledger";
import type { Selectable } from "kysely";
import type { LedgerDatabase, LedgerWitnessedTable } from "../tables.ts";
import { addContradiction, type Contradiction } from "./contradiction-store.ts";

export interface Witnessed {
  readonly id: Uuid;
  readonly state: WitnessState;
  readonly addedMs: UnixMs;
  readonly cosignedMs: UnixMs | undefined;
  /** What was cosigned last, as the log signed it. */
  readonly note: string | undefined;
  /** Why its last request was refused. */
  readonly refusal: string | undefined;
}

/** Logs of others that this installation cosigns. */
export class WitnessedStore {
  readonly #db: LedgerDatabase;

  constructor(db: LedgerDatabase) {
    this.#db = db;
  }

  /** The check and the change of a state are one step: it is locked until the act ends. */
  inTurn<T>(act: (store: WitnessedStore) => Promise<T>): Promise<T> {
    return this.#db.transaction().execute((tx) => act(new WitnessedStore(tx)));
  }

  async list(): Promise<Witnessed[]> {
    const rows = await this.#db
      .selectFrom("ledger_witnessed")
      .selectAll()
      .orderBy("added_at")
      .orderBy("id")
      .execute();
    return rows.map(witnessedOf);
  }

  async lockByOrigin(origin: string): Promise<Witnessed | undefined> {
    const row = await this.#db
      .selectFrom("ledger_witnessed")
      .selectAll()
      .where("origin", "=", origin)
      .forUpdate()
      .executeTakeFirst();
    return row && witnessedOf(row);
  }

  async lock(id: Uuid): Promise<Witnessed | undefined> {
    const row = await this.#db
      .selectFrom("ledger_witnessed")
      .selectAll()
      .where("id", "=", id)
      .forUpdate()
      .executeTakeFirst();
    return row && witnessedOf(row);
  }

  /** False when a log of this name is witnessed already. */
  async add(id: Uuid, origin: string, state: WitnessState, atMs: UnixMs): Promise<boolean> {
    const { numInsertedOrUpdatedRows } = await this.#db
      .insertInto("ledger_witnessed")
      .values({ id, origin, state: JSON.stringify(state), added_at: new Date(atMs), cosigned_at: null })
      .onConflict((conflict) => conflict.column("origin").doNothing())
      .executeTakeFirstOrThrow();
    return numInsertedOrUpdatedRows === 1n;
  }

  async count(): Promise<number> {
    const { count } = await this.#db
      .selectFrom("ledger_witnessed")
      .select(({ fn }) => fn.countAll<number>().as("count"))
      .executeTakeFirstOrThrow();
    return Number(count);
  }

  async save(
    id: Uuid,
    origin: string,
    state: WitnessState,
    { cosignedMs, note }: Pick<Witnessed, "cosignedMs" | "note">,
  ): Promise<void> {
    await this.#db
      .updateTable("ledger_witnessed")
      .set({
        origin,
        state: JSON.stringify(state),
        cosigned_at: cosignedMs === undefined ? null : new Date(cosignedMs),
        note: note ?? null,
        refusal: null,
      })
      .where("id", "=", id)
      .execute();
  }

  async keepRefusal(found: Contradiction): Promise<void> {
    await addContradiction(this.#db, found);
    await this.#db
      .updateTable("ledger_witnessed")
      .set({ refusal: found.reason })
      .where("id", "=", found.witnessedId ?? "")
      .execute();
  }

  async remove(id: Uuid): Promise<boolean> {
    const { numDeletedRows } = await this.#db
      .deleteFrom("ledger_witnessed")
      .where("id", "=", id)
      .executeTakeFirstOrThrow();
    return numDeletedRows === 1n;
  }
}

const witnessedOf = (row: Selectable<LedgerWitnessedTable>): Witnessed => ({
  id: row.id,
  state: JSON.parse(row.state) as WitnessState,
  addedMs: row.added_at.getTime(),
  cosignedMs: row.cosigned_at?.getTime(),
  note: row.note ?? undefined,
  refusal: row.refusal ?? undefined,
});
