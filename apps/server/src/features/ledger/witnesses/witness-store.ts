import type { UnixMs, Uuid } from "@gatehouse/base";
import type { ledger } from "@gatehouse/contract";
import { sql } from "kysely";
import type { LedgerDatabase } from "../tables.ts";
import { type Alarm, UNREACHABLE, type Witness } from "./witness-model.ts";

export interface NewWitness {
  readonly id: Uuid;
  readonly kind: ledger.WitnessKind;
  readonly name: string;
  readonly verifierKey: string;
  readonly url?: string;
  readonly machine?: { readonly deviceId: Uuid; readonly tenantId: Uuid };
  readonly addedMs: UnixMs;
}

interface WitnessRow {
  id: Uuid;
  kind: ledger.WitnessKind;
  name: string;
  verifier_key: string;
  url: string | null;
  device_id: Uuid | null;
  tenant_id: Uuid | null;
  added_at: Date;
  refusal: string | null;
  refused_at: Date | null;
  alarm: Alarm["kind"] | null;
  alarmed_at: Date | null;
  size: number | null;
  at: Date | null;
}

/** Those who cosign this log. */
export class WitnessStore {
  readonly #db: LedgerDatabase;

  constructor(db: LedgerDatabase) {
    this.#db = db;
  }

  transaction<T>(act: (store: WitnessStore, tx: LedgerDatabase) => Promise<T>): Promise<T> {
    return this.#db.transaction().execute((tx) => act(new WitnessStore(tx), tx));
  }

  /** With the last that each cosigned of one log. */
  async list(logId: number): Promise<Witness[]> {
    const { rows } = await sql<WitnessRow>`
      select w.*, last.size, last.at
      from ledger_witnesses w
      left join lateral (
        select c.size, c.at from ledger_cosignatures c
        where c.witness_id = w.id and c.log_id = ${logId} order by c.size desc limit 1) last on true
      where w.removed_at is null order by w.added_at, w.id`.execute(this.#db);
    return rows.map(witnessOf);
  }

  /** The witness that this device is; nothing of what it cosigned. */
  async ofDevice(deviceId: Uuid): Promise<Pick<Witness, "id" | "verifierKey" | "refusal"> | undefined> {
    const row = await this.#db
      .selectFrom("ledger_witnesses")
      .select(["id", "verifier_key", "refusal"])
      .where("device_id", "=", deviceId)
      .where("removed_at", "is", null)
      .executeTakeFirst();
    return row && { id: row.id, verifierKey: row.verifier_key, refusal: row.refusal ?? undefined };
  }

  async count(kinds: readonly ledger.WitnessKind[]): Promise<number> {
    const { count } = await this.#db
      .selectFrom("ledger_witnesses")
      .select(({ fn }) => fn.countAll<number>().as("count"))
      .where("removed_at", "is", null)
      .where("kind", "in", kinds)
      .executeTakeFirstOrThrow();
    return Number(count);
  }

  /** False when this key is a witness already, or another device's. One that was removed comes back. */
  async add({ id, kind, name, verifierKey, url, machine, addedMs }: NewWitness): Promise<boolean> {
    const deviceId = machine?.deviceId ?? null;
    const { numAffectedRows } = await sql`
      insert into ledger_witnesses (id, kind, name, verifier_key, added_at, url, device_id, tenant_id)
      values (${id}, ${kind}, ${name}, ${verifierKey}, ${new Date(addedMs)}, ${url ?? null}, ${deviceId},
        ${machine?.tenantId ?? null})
      on conflict (verifier_key) do update
        set removed_at = null, url = excluded.url, added_at = excluded.added_at, kind = excluded.kind, refusal = null,
          refused_at = null, alarm = null, alarmed_at = null
        where ledger_witnesses.removed_at is not null
          and ledger_witnesses.device_id is not distinct from excluded.device_id`.execute(this.#db);
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

  /** Keeps since when it says so. Whoever refused and then is not there has still refused. */
  async saveRefusal(id: Uuid, refusal: string, atMs: UnixMs): Promise<void> {
    await sql`
      update ledger_witnesses set refusal = ${refusal},
        refused_at = case when refusal = ${refusal} then refused_at else ${new Date(atMs)} end
      where id = ${id} and (refusal is null or refusal = ${UNREACHABLE} or ${refusal} <> ${UNREACHABLE})`.execute(
      this.#db,
    );
  }

  /** False when somebody else did so since. */
  async saveAlarm(id: Uuid, before: Alarm | undefined, now: Alarm | undefined): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable("ledger_witnesses")
      .set({ alarm: now?.kind ?? null, alarmed_at: now === undefined ? null : new Date(now.atMs) })
      .where("id", "=", id)
      .where("removed_at", "is", null)
      .where("alarm", before === undefined ? "is" : "=", before?.kind ?? null)
      .executeTakeFirstOrThrow();
    return numUpdatedRows === 1n;
  }

  /** Of each witness and log the newest of each day stays for ever: exports of old entries say by it when they came. */
  async forgetCosignatures(beforeMs: UnixMs): Promise<void> {
    await sql`
      delete from ledger_cosignatures c where c.at < ${new Date(beforeMs)} and exists (
        select from ledger_cosignatures n
        where n.witness_id = c.witness_id and n.log_id = c.log_id and n.size > c.size
          and date_trunc('day', n.at, 'UTC') = date_trunc('day', c.at, 'UTC'))`.execute(this.#db);
  }
}

const witnessOf = (row: WitnessRow): Witness => ({
  id: row.id,
  kind: row.kind,
  name: row.name,
  verifierKey: row.verifier_key,
  url: row.url ?? undefined,
  machine:
    row.device_id === null || row.tenant_id === null
      ? undefined
      : { deviceId: row.device_id, tenantId: row.tenant_id },
  addedMs: row.added_at.getTime(),
  refusal: row.refusal ?? undefined,
  refusedMs: row.refused_at?.getTime(),
  alarm:
    row.alarm === null || row.alarmed_at === null
      ? undefined
      : { kind: row.alarm, atMs: row.alarmed_at.getTime() },
  last: row.at === null ? undefined : { size: Number(row.size), atMs: row.at.getTime() },
});
