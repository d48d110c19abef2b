import type { UnixMs, Uuid } from "@gatehouse/base";
import type { cameras } from "@gatehouse/contract";
import { type Selectable, sql, type Updateable } from "kysely";
import type { AnyDatabase } from "../../../platform/database/index.ts";
import type { CopyName, CopyState } from "../model.ts";
import type { SealedSegment } from "../ports.ts";
import type { Stored } from "../remotes/remote.ts";
import type { OffsiteCopiesTable, OffsiteDatabase } from "../tables.ts";

/** A segment that is, or is to be, at one target. */
export interface CopyRecord extends CopyName {
  readonly targetId: Uuid;
  readonly firstMs: UnixMs;
  readonly lastMs: UnixMs;
  readonly bytes: number;
  readonly state: CopyState;
  readonly attempts: number;
  readonly upload: string | undefined;
  readonly stored: Stored | undefined;
  /** It is to go because it was erased here. */
  readonly erased: boolean;
  /** The other side did not let it go so far. */
  readonly isKept: boolean;
}

/** The queue of copies of all targets. */
export class CopyStore {
  readonly #db: OffsiteDatabase;

  constructor(db: OffsiteDatabase) {
    this.#db = db;
  }

  /** Those that are not known yet wait from now on. Answers how many that are. */
  async add(targetId: Uuid, segments: readonly SealedSegment[], nowMs: UnixMs): Promise<number> {
    if (segments.length === 0) return 0;
    const rows = await this.#db
      .insertInto("offsite_copies")
      .values(
        segments.map(({ tenantId, cameraId, segmentId, firstMs, lastMs, bytes, pinned }) => ({
          ...{ target_id: targetId, segment_id: segmentId, tenant_id: tenantId, camera_id: cameraId },
          ...{ first_ms: firstMs, last_ms: lastMs, bytes, pinned, state: "waiting" as const },
          ...{ queued_ms: nowMs, changed_ms: nowMs },
        })),
      )
      .onConflict((conflict) => conflict.doNothing())
      .returning("segment_id")
      .execute();
    return rows.length;
  }

  /** What a process before this one was doing waits again, with what it had begun. */
  async reclaim(): Promise<void> {
    await this.#db
      .updateTable("offsite_copies")
      .set({ state: "waiting" })
      .where("state", "=", "copying")
      .execute();
  }

  /** What is due next at a target, marked as being copied: events first, the newest of them first. */
  async take(targetId: Uuid, nowMs: UnixMs): Promise<CopyRecord | undefined> {
    const row = await this.#db
      .updateTable("offsite_copies")
      .set({ state: "copying", changed_ms: nowMs })
      .where("target_id", "=", targetId)
      .where("state", "=", "waiting")
      .where("segment_id", "=", ({ selectFrom }) =>
        selectFrom("offsite_copies")
          .select("segment_id")
          .where("target_id", "=", targetId)
          .where("state", "=", "waiting")
          .where("next_ms", "<=", nowMs)
          .orderBy("pinned", "desc")
          .orderBy("first_ms", "desc")
          .limit(1),
      )
      .returningAll()
      .executeTakeFirst();
    return row && recordOf(row);
  }

  /** What is to be deleted there next. */
  async takeRemoval(targetId: Uuid, nowMs: UnixMs): Promise<CopyRecord | undefined> {
    const row = await this.#db
      .selectFrom("offsite_copies")
      .selectAll()
      .where("target_id", "=", targetId)
      .where("state", "=", "removing")
      .where("next_ms", "<=", nowMs)
      .orderBy("erased", "desc")
      .orderBy("first_ms")
      .limit(1)
      .executeTakeFirst();
    return row && recordOf(row);
  }

  /** False when nobody wants the copy any more. */
  async noteKeyGeneration(copy: CopyRecord, keyGeneration: number): Promise<boolean> {
    return this.#set(copy, "copying", { key_generation: keyGeneration });
  }

  /** False when nobody wants the copy any more. */
  async saveProgress(copy: CopyRecord, upload: string | undefined, bytesDone: number): Promise<boolean> {
    return this.#set(copy, "copying", { upload: upload ?? null, bytes_done: bytesDone });
  }

  async setDone(
    copy: CopyRecord,
    done: { readonly stored: Stored; readonly keyGeneration: number; readonly atMs: UnixMs },
  ): Promise<boolean> {
    const { atMs, keyGeneration, stored } = done;
    return this.#set(copy, "copying", {
      ...{ state: "done", stored: JSON.stringify(stored), key_generation: keyGeneration },
      ...{ upload: null, bytes_done: copy.bytes, attempts: 0, failure: null, failure_detail: null },
      ...{ done_ms: atMs, checked_ms: atMs, changed_ms: atMs },
    });
  }

  /** Back into the queue, or out of it. What was begun is gone on with unless `upload` is not to be kept. */
  async setFailed(
    copy: CopyRecord,
    failed: {
      readonly from: CopyState;
      readonly state: CopyState;
      readonly failure: cameras.OffsiteFailure | undefined;
      readonly attempts: number;
      readonly nextMs: UnixMs;
      readonly atMs: UnixMs;
      readonly isBegunAnew?: boolean;
    },
  ): Promise<boolean> {
    const { atMs, attempts, failure, from, isBegunAnew = false, nextMs, state } = failed;
    return this.#set(copy, from, {
      ...{ state, attempts, next_ms: nextMs, changed_ms: atMs },
      ...{ failure: failure?.code ?? null, failure_detail: failure?.detail ?? null },
      ...(isBegunAnew ? { upload: null, bytes_done: 0, stored: null, done_ms: null } : {}),
    });
  }

  async setChecked(copy: CopyRecord, atMs: UnixMs): Promise<void> {
    await this.#set(copy, "done", { checked_ms: atMs });
  }

  async #set(
    { targetId, segmentId }: CopyRecord,
    from: CopyState,
    columns: Updateable<OffsiteCopiesTable>,
  ): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable("offsite_copies")
      .set(columns)
      .where("target_id", "=", targetId)
      .where("segment_id", "=", segmentId)
      .where("state", "=", from)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  /** Older than they are kept there. */
  async removeOlder(targetId: Uuid, beforeMs: UnixMs, nowMs: UnixMs): Promise<void> {
    await this.#db
      .updateTable("offsite_copies")
      .set({ state: "removing", next_ms: 0, changed_ms: nowMs })
      .where("target_id", "=", targetId)
      .where("state", "in", ["done", "waiting", "failed"])
      .where("last_ms", "<", beforeMs)
      .execute();
  }

  /** Nothing is told of these any more. */
  async forgetGone(targetId: Uuid, beforeMs: UnixMs): Promise<void> {
    await this.#db
      .deleteFrom("offsite_copies")
      .where("target_id", "=", targetId)
      .where("state", "=", "gone")
      .where("last_ms", "<", beforeMs)
      .execute();
  }

  /** Those that were not looked at for longest. */
  async sample(targetId: Uuid, limit: number): Promise<CopyRecord[]> {
    const rows = await this.#db
      .selectFrom("offsite_copies")
      .selectAll()
      .where("target_id", "=", targetId)
      .where("state", "=", "done")
      .orderBy("checked_ms")
      .limit(limit)
      .execute();
    return rows.map(recordOf);
  }

  /** What failed or waits is tried again now. */
  async retry(targetId: Uuid, nowMs: UnixMs): Promise<number> {
    const { numUpdatedRows } = await this.#db
      .updateTable("offsite_copies")
      .set({
        state: sql`case when state = 'failed' then 'waiting' else state end`,
        ...{ attempts: 0, next_ms: 0, changed_ms: nowMs },
      })
      .where("target_id", "=", targetId)
      .where("state", "in", ["failed", "waiting", "removing"])
      .executeTakeFirst();
    return Number(numUpdatedRows);
  }

  async oldestKeyGeneration(tenantId: Uuid): Promise<number | undefined> {
    const row = await this.#db
      .selectFrom("offsite_copies")
      .select(({ fn }) => fn.min("key_generation").as("oldest"))
      .where("tenant_id", "=", tenantId)
      .where("state", "<>", "gone")
      .executeTakeFirst();
    return row?.oldest ?? undefined;
  }
}

/** In the transaction of whoever erases. What was never begun there is simply wanted no more. */
export async function markErased(
  tx: AnyDatabase,
  tenantId: Uuid,
  segmentIds: readonly Uuid[],
  nowMs: UnixMs,
): Promise<void> {
  await sql`
    update offsite_copies set erased = true, next_ms = 0, changed_ms = ${nowMs}::bigint,
      state = case when state = 'waiting' and attempts = 0 and bytes_done = 0 and upload is null
        then 'gone' else 'removing' end
    where tenant_id = ${tenantId} and segment_id = any(${[...segmentIds]}::uuid[]) and state <> 'gone'`.execute(
    tx,
  );
}

const recordOf = (row: Selectable<OffsiteCopiesTable>): CopyRecord => ({
  targetId: row.target_id,
  tenantId: row.tenant_id,
  cameraId: row.camera_id,
  segmentId: row.segment_id,
  firstMs: row.first_ms,
  lastMs: row.last_ms,
  bytes: row.bytes,
  state: row.state,
  attempts: row.attempts,
  upload: row.upload ?? undefined,
  stored: row.stored ?? undefined,
  erased: row.erased,
  isKept: row.failure === "kept_there",
});
