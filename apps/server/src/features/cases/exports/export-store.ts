import type { UnixMs, Uuid } from "@gatehouse/base";
import type { cameras, cases, Language } from "@gatehouse/contract";
import type { Selectable } from "kysely";
import type { CaseClipSpan } from "../model.ts";
import type { FileName, Made } from "../ports.ts";
import type { CaseDatabase, CaseExportsTable } from "../tables.ts";

export interface CaseExportRow {
  readonly id: Uuid;
  readonly tenantId: Uuid;
  readonly caseId: Uuid;
  readonly form: cases.CaseExportForm;
  readonly language: Language;
  /** The sealed password, until the work is over. */
  readonly secret: Uint8Array | undefined;
  readonly recipient: string | undefined;
  readonly clips: readonly CaseClipSpan[];
  /** Devices of the case whose names whoever asked may know. */
  readonly deviceIds: readonly Uuid[];
  readonly askedBy: Uuid;
  readonly askedMs: UnixMs;
  readonly state: cameras.ExportState;
  readonly endedMs: UnixMs | undefined;
  readonly bytes: number;
  readonly frames: number;
  readonly damaged: number;
  readonly error: string | undefined;
}

export type NewCaseExport = Omit<
  CaseExportRow,
  "tenantId" | "state" | "endedMs" | "bytes" | "frames" | "damaged" | "error"
>;

const LIVING = ["waiting", "running", "done"] as const;

/** Bundles of one organisation's cases. */
export class CaseExportStore {
  readonly #db: CaseDatabase;
  readonly #tenantId: Uuid;

  constructor(db: CaseDatabase, tenantId: Uuid) {
    this.#db = db;
    this.#tenantId = tenantId;
  }

  async insert(made: NewCaseExport): Promise<CaseExportRow> {
    const row = await this.#db
      .insertInto("case_exports")
      .values({
        ...{ id: made.id, tenant_id: this.#tenantId, case_id: made.caseId, form: made.form },
        ...{ language: made.language, secret: made.secret ?? null, recipient: made.recipient ?? null },
        ...{
          clips: JSON.stringify(made.clips),
          device_ids: [...made.deviceIds],
          asked_by: made.askedBy,
          asked_ms: made.askedMs,
        },
        ...{ state: "waiting", ended_ms: null, bytes: 0, frames: 0, damaged: 0, error: null },
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    return rowOf(row);
  }

  async find(caseId: Uuid, id: Uuid): Promise<CaseExportRow | undefined> {
    const row = await this.#mine().where("case_id", "=", caseId).where("id", "=", id).executeTakeFirst();
    return row && rowOf(row);
  }

  /** The newest first. */
  async list(caseId: Uuid): Promise<CaseExportRow[]> {
    const rows = await this.#mine()
      .where("case_id", "=", caseId)
      .orderBy("asked_ms", "desc")
      .orderBy("id", "desc")
      .execute();
    return rows.map(rowOf);
  }

  async count(): Promise<number> {
    const { count } = await this.#db
      .selectFrom("case_exports")
      .select(({ fn }) => fn.countAll<number>().as("count"))
      .where("tenant_id", "=", this.#tenantId)
      .executeTakeFirstOrThrow();
    return count;
  }

  /** Those that hold something, or will. */
  async living(): Promise<CaseExportRow[]> {
    const rows = await this.#mine().where("state", "in", LIVING).execute();
    return rows.map(rowOf);
  }

  /** How one ended that was waiting or running; undefined when it was neither any more. Its password goes. */
  end(
    id: Uuid,
    end: Partial<Made> & {
      readonly state: "done" | "failed" | "cancelled";
      readonly endedMs: UnixMs;
      readonly error?: string;
    },
  ): Promise<CaseExportRow | undefined> {
    return this.#end(id, end, ["waiting", "running"]);
  }

  /** What it holds was erased: it is none any more, also when it was done. */
  async markErased(id: Uuid, endedMs: UnixMs): Promise<void> {
    await this.#end(id, { state: "failed", error: "segment.erased", endedMs }, LIVING);
  }

  async delete(id: Uuid): Promise<void> {
    await this.#db
      .deleteFrom("case_exports")
      .where("tenant_id", "=", this.#tenantId)
      .where("id", "=", id)
      .execute();
  }

  async #end(
    id: Uuid,
    end: Parameters<CaseExportStore["end"]>[1],
    from: readonly cameras.ExportState[],
  ): Promise<CaseExportRow | undefined> {
    const { state, endedMs, bytes = 0, frames = 0, damaged = 0, error = null } = end;
    const row = await this.#db
      .updateTable("case_exports")
      .set({ state, ended_ms: endedMs, bytes, frames, damaged, error, secret: null })
      .where("tenant_id", "=", this.#tenantId)
      .where("id", "=", id)
      .where("state", "in", from)
      .returningAll()
      .executeTakeFirst();
    return row && rowOf(row);
  }

  #mine() {
    return this.#db.selectFrom("case_exports").selectAll().where("tenant_id", "=", this.#tenantId);
  }
}

/** The one that waits longest is running from now on. */
export async function takeWaiting(db: CaseDatabase): Promise<CaseExportRow | undefined> {
  const row = await db
    .updateTable("case_exports")
    .set({ state: "running" })
    .where("id", "=", ({ selectFrom }) =>
      selectFrom("case_exports")
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
export async function restartRunning(db: CaseDatabase): Promise<void> {
  await db.updateTable("case_exports").set({ state: "waiting" }).where("state", "=", "running").execute();
}

/** Whether a sealed file of this name belongs to a bundle. */
export async function ownsFile(
  db: CaseDatabase,
  { tenantId, cameraId: caseId, fileId }: FileName,
): Promise<boolean> {
  const row = await db
    .selectFrom("case_exports")
    .select("id")
    .where("id", "=", fileId)
    .where("tenant_id", "=", tenantId)
    .where("case_id", "=", caseId)
    .where("state", "in", ["running", "done"])
    .executeTakeFirst();
  return row !== undefined;
}

/** What is over for longer than it is kept. */
export async function endedBefore(db: CaseDatabase, endedMs: UnixMs): Promise<CaseExportRow[]> {
  const rows = await db
    .selectFrom("case_exports")
    .selectAll()
    .where("ended_ms", "<", endedMs)
    .limit(1_000)
    .execute();
  return rows.map(rowOf);
}

const rowOf = (row: Selectable<CaseExportsTable>): CaseExportRow => ({
  id: row.id,
  tenantId: row.tenant_id,
  caseId: row.case_id,
  form: row.form,
  language: row.language,
  secret: row.secret ?? undefined,
  recipient: row.recipient ?? undefined,
  clips: row.clips,
  deviceIds: row.device_ids,
  askedBy: row.asked_by,
  askedMs: row.asked_ms,
  state: row.state,
  endedMs: row.ended_ms ?? undefined,
  bytes: row.bytes,
  frames: row.frames,
  damaged: row.damaged,
  error: row.error ?? undefined,
});
