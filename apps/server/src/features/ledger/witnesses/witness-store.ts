import type { UnixMs, Uuid } from "@gatehouse/base";
import { sql } from "kysely";
import type { LedgerDatabase } from "../tables.ts";
import type { Witness } from "./witness-model.ts";

export interface NewWitness {
  readonly id: Uuid;
  readonly name: string;
  readonly verifierKey: string;
  readonly url: string;
  readonly addedMs: UnixMs;
}

/** Those who cosign this log. */
export class WitnessStore {
  readonly #db: LedgerDatabase;

  constructor(db: LedgerDatabase) {
    this.#db = db;
  }

  /** With the last that each cosigned of one log. */
  async list(logId: number): Promise<Witness[]> {
    const { rows } = await sql<{
      id: Uuid;
      name: string;
      verifier_key: string;
      url: string;
      added_at: Date;
      refusal: string | null;
      size: number | null;
      at: Date | null;
    }>`
      select w.id, w.name, w.verifier_key, w.url, w.added_at, w.refusal, last.size, last.at
      from ledger_witnesses w
      left join lateral (
        select c.size, c.at from ledger_cosignatures c
        where c.witness_id = w.id and c.log_id = ${logId} order by c.size desc limit 1) last on true
      where w.removed_at is null order by w.added_at, w.id`.execute(this.#db);
    return rows.map((row) => ({
      id: row.id,
      name: row.name,
      verifierKey: row.verifier_key,
      url: row.url,
      addedMs: row.added_at.getTime(),
      refusal: row.refusal ?? undefined,
      last: row.at === null ? undefined : { size: Number(row.size), atMs: row.at.getTime() },
    }));
  }

  /** False when this key is a witness already. One that was removed comes back. */
  async add({ id, name, verifierKey, url, addedMs }: NewWitness): Promise<boolean> {
    const { numAffectedRows } = await sql`
      insert into ledger_witnesses (id, kind, name, verifier_key, added_at, url)
      values (${id}, 'installation', ${name}, ${verifierKey}, ${new Date(addedMs)}, ${url})
      on conflict (verifier_key) do update
        set removed_at = null, url = excluded.url, added_at = excluded.added_at, refusal = null, refused_at = null
        where ledger_witnesses.removed_at is not null`.execute(this.#db);
    return numAffectedRows === 1n;
  }

  async remove(id: Uuid, atMs: UnixMs): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable("ledger_witnesses")
      .set({ removed_at: new Date(atMs) })
      .where("id", "=", id)
      .where("removed_at", "is", null)
      .executeTakeFirstOrThrow();
    return numUpdatedRows === 1n;
  }

  /** The line under the checkpoint of this size; the newest of a witness takes the place of what it signed before. */
  async saveCosignature(place: { logId: number; size: number; witnessId: Uuid; atMs: UnixMs; line: string }) {
    const { logId, size, witnessId, atMs, line } = place;
    await sql`
      with cosigned as (
        insert into ledger_cosignatures (log_id, size, witness_id, at, line)
        values (${logId}, ${size}, ${witnessId}, ${new Date(atMs)}, ${line})
        on conflict (log_id, size, witness_id) do update set at = excluded.at, line = excluded.line)
      update ledger_witnesses set refusal = null, refused_at = null where id = ${witnessId}`.execute(
      this.#db,
    );
  }

  /** Keeps since when it says so. */
  async saveRefusal(id: Uuid, refusal: string, atMs: UnixMs): Promise<void> {
    await sql`
      update ledger_witnesses set refusal = ${refusal},
        refused_at = case when refusal = ${refusal} then refused_at else ${new Date(atMs)} end
      where id = ${id}`.execute(this.#db);
  }
}
