import type { UnixMs, Uuid } from "@gatehouse/base";
import type { cameras } from "@gatehouse/contract";
import type { Selectable } from "kysely";
import type { RecordingDatabase, RecordingExportsTable } from "../tables.ts";

/** A span of one camera that somebody takes out, and how. */
export interface ExportOrder {
  readonly tenantId: Uuid;
  readonly cameraId: Uuid;
  readonly fromMs: UnixMs;
  readonly toMs: UnixMs;
  readonly form: cameras.ExportForm;
  readonly speed: number;
}

export interface ExportRow extends ExportOrder {
  readonly id: Uuid;
  readonly state: cameras.ExportState;
  readonly askedMs: UnixMs;
  readonly endedMs: UnixMs | undefined;
  readonly bytes: number;
  readonly frames: number;
  readonly damaged: number;
  readonly error: string | undefined;
}

const rowOf = (row: Selectable<RecordingExportsTable>): ExportRow => ({
  id: row.id,
  tenantId: row.tenant_id,
  cameraId: row.camera_id,
  fromMs: row.from_ms,
  toMs: row.to_ms,
  form: row.form,
  speed: row.speed,
  state: row.state,
  askedMs: row.asked_ms,
  endedMs: row.ended_ms ?? undefined,
  bytes: row.bytes,
  frames: row.frames,
  damaged: row.damaged,
  error: row.error ?? undefined,
});

/** What one organisation took out. */
export class ExportStore {
  readonly #db: RecordingDatabase;
  readonly #tenantId: Uuid;

  constructor(db: RecordingDatabase, tenantId: Uuid) {
    this.#db = db;
    this.#tenantId = tenantId;
  }

  async insert(id: Uuid, order: ExportOrder, askedMs: UnixMs): Promise<ExportRow> {
    const row = await this.#db
      .insertInto("recording_exports")
      .values({
        id,
        tenant_id: this.#tenantId,
        camera_id: order.cameraId,
        from_ms: order.fromMs,
        to_ms: order.toMs,
        form: order.form,
        speed: order.speed,
        state: "waiting",
        asked_ms: askedMs,
        ended_ms: null,
        bytes: 0,
        frames: 0,
        damaged: 0,
        error: null,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    return rowOf(row);
  }

  /** The same that is being made or is there. */
  async findSame(order: ExportOrder): Promise<ExportRow | undefined> {
    const row = await this.#db
      .selectFrom("recording_exports")
      .selectAll()
      .where("tenant_id", "=", this.#tenantId)
      .where("camera_id", "=", order.cameraId)
      .where("from_ms", "=", order.fromMs)
      .where("to_ms", "=", order.toMs)
      .where("form", "=", order.form)
      .where("speed", "=", order.speed)
      .where("state", "in", ["waiting", "running", "done"])
      .orderBy("asked_ms", "desc")
      .executeTakeFirst();
    return row && rowOf(row);
  }

  async find(id: Uuid): Promise<ExportRow | undefined> {
    const row = await this.#db
      .selectFrom("recording_exports")
      .selectAll()
      .where("tenant_id", "=", this.#tenantId)
      .where("id", "=", id)
      .executeTakeFirst();
    return row && rowOf(row);
  }

  /** The newest first. */
  async list(): Promise<ExportRow[]> {
    const rows = await this.#db
      .selectFrom("recording_exports")
      .selectAll()
      .where("tenant_id", "=", this.#tenantId)
      .orderBy("asked_ms", "desc")
      .orderBy("id", "desc")
      .execute();
    return rows.map(rowOf);
  }

  async count(): Promise<number> {
    const { count } = await this.#db
      .selectFrom("recording_exports")
      .select(({ fn }) => fn.countAll<number>().as("count"))
      .where("tenant_id", "=", this.#tenantId)
      .executeTakeFirstOrThrow();
    return count;
  }

  /** How one ended that was waiting or running; undefined when it was neither any more. */
  async end(
    id: Uuid,
    end: {
      readonly state: "done" | "failed" | "cancelled";
      readonly endedMs: UnixMs;
      readonly bytes?: number;
      readonly frames?: number;
      readonly damaged?: number;
      readonly error?: string;
    },
  ): Promise<ExportRow | undefined> {
    const { state, endedMs, bytes = 0, frames = 0, damaged = 0, error = null } = end;
    const row = await this.#db
      .updateTable("recording_exports")
      .set({ state, ended_ms: endedMs, bytes, frames, damaged, error })
      .where("tenant_id", "=", this.#tenantId)
      .where("id", "=", id)
      .where("state", "in", ["waiting", "running"])
      .returningAll()
      .executeTakeFirst();
    return row && rowOf(row);
  }

  async delete(id: Uuid): Promise<void> {
    await this.#db
      .deleteFrom("recording_exports")
      .where("tenant_id", "=", this.#tenantId)
      .where("id", "=", id)
      .execute();
  }

  /**
   * What holds something of the span, and of the two segments that it may have cut, is none any more: in the
   * transaction in which the span is erased.
   */
  async markErased(
    cameraId: Uuid,
    { fromMs, toMs }: { readonly fromMs: UnixMs; readonly toMs: UnixMs },
    endedMs: UnixMs,
  ): Promise<ExportRow[]> {
    const rows = await this.#db
      .updateTable("recording_exports")
      .set({ state: "failed", error: "segment.erased", ended_ms: endedMs, bytes: 0 })
      .where("tenant_id", "=", this.#tenantId)
      .where("camera_id", "=", cameraId)
      .where("from_ms", "<=", toMs)
      .where("to_ms", ">=", fromMs)
      .where("state", "in", ["waiting", "running", "done"])
      .returningAll()
      .execute();
    return rows.map(rowOf);
  }
}

/** The one that waits longest is running from now on. */
export async function takeWaiting(db: RecordingDatabase): Promise<ExportRow | undefined> {
  const row = await db
    .updateTable("recording_exports")
    .set({ state: "running" })
    .where("id", "=", ({ selectFrom }) =>
      selectFrom("recording_exports")
        .select("id")
        .where("state", "=", "waiting")
        .orderBy("asked_ms")
        .limit(1)
        .forUpdate()
        .skipLocked(),
    )
    .returningAll()
    .executeTakeFirst();
  return row && rowOf(row);
}

/** What ran when the server ended begins again. */
export async function restartRunning(db: RecordingDatabase): Promise<void> {
  await db
    .updateTable("recording_exports")
    .set({ state: "waiting" })
    .where("state", "=", "running")
    .execute();
}

/** Whether a file of this name belongs to an export. */
export async function ownsFile(
  db: RecordingDatabase,
  { tenantId, cameraId, fileId }: { readonly tenantId: Uuid; readonly cameraId: Uuid; readonly fileId: Uuid },
): Promise<boolean> {
  const row = await db
    .selectFrom("recording_exports")
    .select("id")
    .where("id", "=", fileId)
    .where("tenant_id", "=", tenantId)
    .where("camera_id", "=", cameraId)
    .where("state", "in", ["running", "done"])
    .executeTakeFirst();
  return row !== undefined;
}

/** Whose export it is, for whoever may ask. */
export async function findExport(
  db: RecordingDatabase,
  id: Uuid,
): Promise<{ readonly tenantId: Uuid; readonly cameraId: Uuid } | undefined> {
  const row = await db
    .selectFrom("recording_exports")
    .select(["tenant_id", "camera_id"])
    .where("id", "=", id)
    .executeTakeFirst();
  return row && { tenantId: row.tenant_id, cameraId: row.camera_id };
}

/** What is over for longer than it is kept. */
export async function endedBefore(db: RecordingDatabase, endedMs: UnixMs): Promise<ExportRow[]> {
  const rows = await db
    .selectFrom("recording_exports")
    .selectAll()
    .where("ended_ms", "<", endedMs)
    .limit(1_000)
    .execute();
  return rows.map(rowOf);
}
