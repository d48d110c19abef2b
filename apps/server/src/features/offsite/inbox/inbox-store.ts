import type { UnixMs, Uuid } from "@gatehouse/base";
import { type Selectable, sql } from "kysely";
import type { CopyName } from "../model.ts";
import type { OffsiteDatabase, OffsiteReceivedTable } from "../tables.ts";

export interface InboxRecord {
  readonly id: Uuid;
  readonly tenantId: Uuid;
  readonly name: string;
  readonly capBytes: number;
  readonly keepDays: number;
  readonly senderKey: string;
  readonly createdMs: UnixMs;
}

/** A copy that arrives, or arrived. Its organisation is the sender's. */
export interface ReceivedRecord extends CopyName {
  readonly inboxId: Uuid;
  readonly bytes: number;
  readonly keyBytes: number;
  readonly sha256: string;
  readonly keySha256: string;
  readonly whole: boolean;
  readonly begunMs: UnixMs;
}

export class InboxStore {
  readonly #db: OffsiteDatabase;

  constructor(db: OffsiteDatabase) {
    this.#db = db;
  }

  async list(tenantId: Uuid) {
    const { rows } = await sql<
      InboxRecord & { readonly copies: number; readonly bytes: number; readonly lastMs: UnixMs | null }
    >`
      select id, tenant_id as "tenantId", name, cap_bytes as "capBytes", keep_days as "keepDays",
        sender_key as "senderKey", created_ms as "createdMs", copies, bytes, "lastMs"
      from offsite_inboxes left join lateral (
        select count(*) filter (where whole)::int as copies, coalesce(sum(stored_bytes), 0)::bigint as bytes,
          max(changed_ms) filter (where whole) as "lastMs"
        from offsite_received where inbox_id = id) figures on true
      where tenant_id = ${tenantId} order by created_ms, id`.execute(this.#db);
    return rows;
  }

  async find(inboxId: Uuid): Promise<InboxRecord | undefined> {
    const row = await this.#db
      .selectFrom("offsite_inboxes")
      .selectAll()
      .where("id", "=", inboxId)
      .executeTakeFirst();
    return (
      row && {
        ...{ id: row.id, tenantId: row.tenant_id, name: row.name, createdMs: row.created_ms },
        ...{ capBytes: row.cap_bytes, keepDays: row.keep_days, senderKey: row.sender_key },
      }
    );
  }

  async save({ id, tenantId, name, capBytes, keepDays, senderKey, createdMs }: InboxRecord): Promise<void> {
    const chosen = { name, cap_bytes: capBytes, keep_days: keepDays, sender_key: senderKey };
    await this.#db
      .insertInto("offsite_inboxes")
      .values({ ...chosen, id, tenant_id: tenantId, created_ms: createdMs })
      .onConflict((conflict) => conflict.column("id").doUpdateSet(chosen))
      .execute();
  }

  async remove(inboxId: Uuid): Promise<void> {
    await this.#db.deleteFrom("offsite_inboxes").where("id", "=", inboxId).execute();
  }

  /** Takes the announced bytes of the cap. False when they are more than is left of it. */
  async begin(copy: ReceivedRecord, capBytes: number): Promise<boolean> {
    const { inboxId, segmentId, tenantId, cameraId, bytes, keyBytes, sha256, keySha256, begunMs } = copy;
    return this.#db.transaction().execute(async (tx) => {
      // One after the other: two that begin at once may not both take what is left.
      await tx.selectFrom("offsite_inboxes").select("id").where("id", "=", inboxId).forUpdate().execute();
      const { rows } = await sql<{ taken: number }>`
        select coalesce(sum(bytes + key_bytes), 0)::bigint as taken from offsite_received
        where inbox_id = ${inboxId} and segment_id <> ${segmentId}`.execute(tx);
      if ((rows[0]?.taken ?? 0) + bytes + keyBytes > capBytes) return false;
      await tx
        .insertInto("offsite_received")
        .values({
          ...{ inbox_id: inboxId, segment_id: segmentId, sender_tenant_id: tenantId, camera_id: cameraId },
          ...{ bytes, key_bytes: keyBytes, sha256, key_sha256: keySha256, stored_bytes: 0, whole: false },
          ...{ begun_ms: begunMs, changed_ms: begunMs },
        })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      return true;
    });
  }

  async received(inboxId: Uuid, segmentId: Uuid): Promise<ReceivedRecord | undefined> {
    const row = await this.#received(inboxId).where("segment_id", "=", segmentId).executeTakeFirst();
    return row && recordOf(row);
  }

  async listWhole(inboxId: Uuid, senderTenantId: Uuid, after: Uuid | undefined, limit: number) {
    const rows = await this.#received(inboxId)
      .where("sender_tenant_id", "=", senderTenantId)
      .where("whole", "=", true)
      .$if(after !== undefined, (query) => query.where("segment_id", ">", after as Uuid))
      .orderBy("segment_id")
      .limit(limit)
      .execute();
    return rows.map(recordOf);
  }

  async all(inboxId: Uuid): Promise<ReceivedRecord[]> {
    return (await this.#received(inboxId).execute()).map(recordOf);
  }

  /** Those that are not whole: of all inboxes, or those alone that nothing was added to since. */
  async unfinished(beforeMs: UnixMs): Promise<ReceivedRecord[]> {
    const rows = await this.#db
      .selectFrom("offsite_received")
      .selectAll()
      .where("whole", "=", false)
      .where("changed_ms", "<", beforeMs)
      .execute();
    return rows.map(recordOf);
  }

  async setStored(copy: ReceivedRecord, storedBytes: number, atMs: UnixMs): Promise<void> {
    await this.#set(copy, { stored_bytes: storedBytes, changed_ms: atMs });
  }

  async setWhole(copy: ReceivedRecord, atMs: UnixMs): Promise<void> {
    await this.#set(copy, { whole: true, changed_ms: atMs });
  }

  async removeReceived({ inboxId, segmentId }: ReceivedRecord): Promise<void> {
    await this.#db
      .deleteFrom("offsite_received")
      .where("inbox_id", "=", inboxId)
      .where("segment_id", "=", segmentId)
      .execute();
  }

  /** The first one of a generation stays. */
  async addKey(inboxId: Uuid, senderTenantId: Uuid, generation: number, sealed: Uint8Array): Promise<void> {
    await this.#db
      .insertInto("offsite_received_keys")
      .values({
        ...{ inbox_id: inboxId, sender_tenant_id: senderTenantId, generation },
        sealed: Buffer.from(sealed),
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  async keys(inboxId: Uuid, senderTenantId: Uuid): Promise<{ generation: number; sealed: Uint8Array }[]> {
    return this.#db
      .selectFrom("offsite_received_keys")
      .select(["generation", "sealed"])
      .where("inbox_id", "=", inboxId)
      .where("sender_tenant_id", "=", senderTenantId)
      .orderBy("generation")
      .execute();
  }

  #received(inboxId: Uuid) {
    return this.#db.selectFrom("offsite_received").selectAll().where("inbox_id", "=", inboxId);
  }

  async #set(
    { inboxId, segmentId }: ReceivedRecord,
    columns: Partial<Pick<OffsiteReceivedTable, "stored_bytes" | "whole" | "changed_ms">>,
  ): Promise<void> {
    await this.#db
      .updateTable("offsite_received")
      .set(columns)
      .where("inbox_id", "=", inboxId)
      .where("segment_id", "=", segmentId)
      .execute();
  }
}

/** Whether the schema knows inboxes: not so in a database that this version has not opened yet. */
export async function hasInboxes(db: OffsiteDatabase): Promise<boolean> {
  const { rows } = await sql<{ found: boolean }>`
    select to_regclass('offsite_received') is not null as found`.execute(db);
  return rows[0]?.found === true;
}

const PAGE = 1_000;

/** Of all inboxes. */
export async function* everyReceived(db: OffsiteDatabase): AsyncGenerator<ReceivedRecord> {
  for (let last: ReceivedRecord | undefined; ; ) {
    const rows = await db
      .selectFrom("offsite_received")
      .selectAll()
      .$if(last !== undefined, (query) =>
        query.where(
          sql<boolean>`(inbox_id, segment_id) > (${last?.inboxId}::uuid, ${last?.segmentId}::uuid)`,
        ),
      )
      .orderBy("inbox_id")
      .orderBy("segment_id")
      .limit(PAGE)
      .execute();
    yield* rows.map(recordOf);
    if (rows.length < PAGE) return;
    last = recordOf(rows.at(-1) as (typeof rows)[number]);
  }
}

const recordOf = (row: Selectable<OffsiteReceivedTable>): ReceivedRecord => ({
  inboxId: row.inbox_id,
  segmentId: row.segment_id,
  tenantId: row.sender_tenant_id,
  cameraId: row.camera_id,
  bytes: row.bytes,
  keyBytes: row.key_bytes,
  sha256: row.sha256,
  keySha256: row.key_sha256,
  whole: row.whole,
  begunMs: row.begun_ms,
});
