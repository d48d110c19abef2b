import type { UnixMs, Uuid } from "@gatehouse/base";
import type { cameras } from "@gatehouse/contract";
import { sql } from "kysely";
import { DEFAULT_POLICY, type SegmentName } from "../model.ts";
import type { RecordingDatabase } from "../tables.ts";

export interface Totals {
  readonly ringBytes: number;
  readonly pinnedBytes: number;
}

export interface Removable extends SegmentName {
  readonly bytes: number;
  readonly pinned: boolean;
}

/** What recordings of one organisation take, and what may go. */
export class RoomStore {
  readonly #db: RecordingDatabase;
  readonly #tenantId: Uuid;

  constructor(db: RecordingDatabase, tenantId: Uuid) {
    this.#db = db;
    this.#tenantId = tenantId;
  }

  async totals(): Promise<Totals> {
    const { rows } = await sql<{ ring: number; pinned: number }>`
      select coalesce(sum(bytes) filter (where not pinned), 0)::bigint as ring,
        coalesce(sum(bytes) filter (where pinned), 0)::bigint as pinned
      from recording_segments where tenant_id = ${this.#tenantId}`.execute(this.#db);
    return { ringBytes: rows[0]?.ring ?? 0, pinnedBytes: rows[0]?.pinned ?? 0 };
  }

  async policy(): Promise<{ readonly policy: cameras.RecordingPolicy; readonly changedMs: UnixMs }> {
    const row = await this.#db
      .selectFrom("recording_policies")
      .select(["ring_bytes", "pinned_bytes", "changed_ms"])
      .where("tenant_id", "=", this.#tenantId)
      .executeTakeFirst();
    if (row === undefined) return { policy: DEFAULT_POLICY, changedMs: 0 };
    return {
      policy: { ringBytes: row.ring_bytes, pinnedBytes: row.pinned_bytes },
      changedMs: row.changed_ms,
    };
  }

  /** False when somebody changed it since `knownMs`. */
  async savePolicy(
    { ringBytes, pinnedBytes }: cameras.RecordingPolicy,
    knownMs: UnixMs,
    changedMs: UnixMs,
  ): Promise<boolean> {
    const { rows } = await sql`
      insert into recording_policies (tenant_id, ring_bytes, pinned_bytes, changed_ms)
      select ${this.#tenantId}, ${ringBytes}, ${pinnedBytes}, ${changedMs}
      where ${knownMs}::bigint = 0 or exists (select from recording_policies where tenant_id = ${this.#tenantId})
      on conflict (tenant_id) do update
        set ring_bytes = excluded.ring_bytes, pinned_bytes = excluded.pinned_bytes, changed_ms = excluded.changed_ms
        where recording_policies.changed_ms = ${knownMs}
      returning changed_ms`.execute(this.#db);
    return rows.length > 0;
  }

  /**
   * What no event needs, oldest first, at least `bytes` of it where there is as much: `remove` takes the files of each
   * away before its row goes. Answers how many bytes went.
   */
  removeOldest(bytes: number, remove: (segment: SegmentName) => Promise<void>): Promise<number> {
    return this.#remove(sql`not pinned`, remove, bytes);
  }

  /** What is older than its camera keeps. */
  removeOutdated(
    cameraId: Uuid,
    limits: {
      readonly continuousBeforeMs: UnixMs;
      readonly motionBeforeMs: UnixMs;
      readonly eventBeforeMs: UnixMs;
      readonly transientBeforeMs: UnixMs;
    },
    remove: (segment: SegmentName) => Promise<void>,
  ): Promise<number> {
    const { continuousBeforeMs, motionBeforeMs, eventBeforeMs, transientBeforeMs } = limits;
    return this.#remove(
      sql`camera_id = ${cameraId} and last_ms < case
        when pinned and exists (
          select from recording_pins p where p.held and p.camera_id = recording_segments.camera_id
            and p.from_ms <= last_ms and (p.to_ms is null or p.to_ms >= first_ms)) then 0
        when pinned then ${eventBeforeMs}::bigint
        when transient then ${transientBeforeMs}::bigint
        when moved then ${motionBeforeMs}::bigint
        else ${continuousBeforeMs}::bigint end`,
      remove,
      Number.MAX_SAFE_INTEGER,
    );
  }

  /** Files first, then rows: a crash leaves rows whose files are gone, which the next start takes away. */
  #remove(
    which: ReturnType<typeof sql>,
    remove: (segment: SegmentName) => Promise<void>,
    wantedBytes: number,
  ): Promise<number> {
    return this.#db.transaction().execute(async (tx) => {
      const { rows } = await sql<{ id: string; camera_id: string; bytes: number }>`
        select id, camera_id, bytes from recording_segments
        where tenant_id = ${this.#tenantId} and state not in ('open', 'erased') and ${which}
        order by first_ms limit 50 for update skip locked`.execute(tx);
      let freed = 0;
      const gone: string[] = [];
      for (const { id, camera_id, bytes } of rows) {
        if (freed >= wantedBytes) break;
        await remove({ tenantId: this.#tenantId, cameraId: camera_id, segmentId: id });
        gone.push(id);
        freed += bytes;
      }
      if (gone.length > 0) await tx.deleteFrom("recording_segments").where("id", "in", gone).execute();
      return freed;
    });
  }

  /** Events whose time is over hold nothing any more, unless somebody wants them held. */
  async deletePinsBefore(cameraId: Uuid, beforeMs: UnixMs): Promise<void> {
    await this.#db
      .deleteFrom("recording_pins")
      .where("tenant_id", "=", this.#tenantId)
      .where("camera_id", "=", cameraId)
      .where("to_ms", "<", beforeMs)
      .where("held", "=", false)
      .execute();
  }
}
